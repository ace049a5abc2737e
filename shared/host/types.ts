/** The ABI's numbers. */

/** What a host call answers. */
export enum Status {
  Ok = 0,
  NotFound = 1,
  BadArgument = 2,
  SerializationFailure = 3,
  ParseFailure = 4,
  BadExpression = 5,
  InvalidMemoryAccess = 6,
  Empty = 7,
  CasMismatch = 8,
  ResultMismatch = 9,
  InternalFailure = 10,
  BrokenConnection = 11,
  Unimplemented = 12,
}

export enum LogLevel {
  Trace = 0,
  Debug = 1,
  Info = 2,
  Warn = 3,
  Error = 4,
  Critical = 5,
}

/** What a header callback answers. */
export enum HeadersStatus {
  Continue = 0,
  /** Headers wait; body callbacks go on (in Envoy only with `allow_on_headers_stop_iteration`). */
  StopIteration = 1,
  ContinueAndEndStream = 2,
  StopAllAndBuffer = 3,
  StopAllAndWatermark = 4,
}

/** What a body callback answers. */
export enum DataStatus {
  Continue = 0,
  /** The bytes wait in the host's buffer; the next callback sees all that has waited. */
  StopAndBuffer = 1,
  StopAndWatermark = 2,
  StopNoBuffer = 3,
}

/** What a trailer or connection callback answers. */
export enum FlowStatus {
  Continue = 0,
  Stop = 1,
}

export enum MapType {
  RequestHeaders = 0,
  RequestTrailers = 1,
  ResponseHeaders = 2,
  ResponseTrailers = 3,
  GrpcReceiveInitialMetadata = 4,
  GrpcReceiveTrailingMetadata = 5,
  CallResponseHeaders = 6,
  CallResponseTrailers = 7,
}

export enum BufferType {
  RequestBody = 0,
  ResponseBody = 1,
  DownstreamData = 2,
  UpstreamData = 3,
  CallResponseBody = 4,
  GrpcReceiveBuffer = 5,
  VmConfiguration = 6,
  PluginConfiguration = 7,
  CallData = 8,
}

export enum StreamType {
  Request = 0,
  Response = 1,
  Downstream = 2,
  Upstream = 3,
}

export enum MetricType {
  Counter = 0,
  Gauge = 1,
  Histogram = 2,
}

/** Whose end closed a connection. */
export enum PeerType {
  Unknown = 0,
  Local = 1,
  Remote = 2,
}
