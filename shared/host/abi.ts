/**
 * The exports of every module: all callbacks of proxy-wasm 0.2.1, since a host that finds one missing may fail. Each finds its context by id (an id that nobody knows is answered with "continue") and lets
 * the collector have its turn at the end. A module's entry file says `export * from "../shared/host/abi"`.
 */
import { pluginConfiguration, vmConfiguration } from "./body";
import { grpcClosed, grpcHandler, forgetGrpcOf } from "./grpc";
import { deliverCallAnswer, forgetCallsOf } from "./http-call";
import { afterCallback, allocate, beforeCallback } from "./memory";
import { PropertyPath } from "./property";
import { addRoot, addStream, makeRoot, removeContext, rootOf, streamOf } from "./registry";
import { Bytes } from "../bytes/bytes";
import { enterCallback } from "./stream";
import { DataStatus, FlowStatus, HeadersStatus, PeerType } from "./types";

const ROOT_ID = PropertyPath.of("plugin_root_id");

function begin(id: u32): void {
  beforeCallback();
  enterCallback(id);
}

export function proxy_abi_version_0_2_1(): void {}

export function proxy_on_memory_allocate(size: usize): usize {
  return allocate(size);
}

export function proxy_on_context_create(id: u32, parent: u32): void {
  begin(id);
  if (parent == 0) createRoot(id);
  else createStream(id, parent);
  afterCallback();
}

function createRoot(id: u32): void {
  const rootId = ROOT_ID.get();
  const root = makeRoot(rootId == null ? new Bytes() : rootId);
  if (root == null) return;
  root.id = id;
  addRoot(root);
}

function createStream(id: u32, parent: u32): void {
  const root = rootOf(parent);
  if (root == null) return;
  const stream = root.createStream(id);
  if (stream == null) return;
  stream.id = id;
  addStream(stream);
}

export function proxy_on_vm_start(id: u32, configurationSize: i32): u32 {
  begin(id);
  const root = rootOf(id);
  const started = root == null || root.onVmStart(vmConfiguration.read(0, configurationSize));
  afterCallback();
  return started ? 1 : 0;
}

export function proxy_on_configure(id: u32, configurationSize: i32): u32 {
  begin(id);
  const root = rootOf(id);
  const accepted = root == null || root.onConfigure(pluginConfiguration.read(0, configurationSize));
  afterCallback();
  return accepted ? 1 : 0;
}

export function proxy_on_tick(id: u32): void {
  begin(id);
  const root = rootOf(id);
  if (root != null) root.onTick();
  afterCallback();
}

export function proxy_on_queue_ready(id: u32, queue: u32): void {
  begin(id);
  const root = rootOf(id);
  if (root != null) root.onQueueReady(queue);
  afterCallback();
}

export function proxy_on_request_headers(id: u32, count: u32, end: u32): u32 {
  begin(id);
  const stream = streamOf(id);
  const status = stream == null ? HeadersStatus.Continue : stream.onRequestHeaders(count, end != 0);
  afterCallback();
  return status;
}

export function proxy_on_request_body(id: u32, size: i32, end: u32): u32 {
  begin(id);
  const stream = streamOf(id);
  const status = stream == null ? DataStatus.Continue : stream.onRequestBody(size, end != 0);
  afterCallback();
  return status;
}

export function proxy_on_request_trailers(id: u32, count: u32): u32 {
  begin(id);
  const stream = streamOf(id);
  const status = stream == null ? FlowStatus.Continue : stream.onRequestTrailers(count);
  afterCallback();
  return status;
}

export function proxy_on_request_metadata(id: u32, count: u32): u32 {
  begin(id);
  const stream = streamOf(id);
  if (stream != null) stream.onRequestMetadata(count);
  afterCallback();
  return FlowStatus.Continue;
}

export function proxy_on_response_headers(id: u32, count: u32, end: u32): u32 {
  begin(id);
  const stream = streamOf(id);
  const status = stream == null ? HeadersStatus.Continue : stream.onResponseHeaders(count, end != 0);
  afterCallback();
  return status;
}

export function proxy_on_response_body(id: u32, size: i32, end: u32): u32 {
  begin(id);
  const stream = streamOf(id);
  const status = stream == null ? DataStatus.Continue : stream.onResponseBody(size, end != 0);
  afterCallback();
  return status;
}

export function proxy_on_response_trailers(id: u32, count: u32): u32 {
  begin(id);
  const stream = streamOf(id);
  const status = stream == null ? FlowStatus.Continue : stream.onResponseTrailers(count);
  afterCallback();
  return status;
}

export function proxy_on_response_metadata(id: u32, count: u32): u32 {
  begin(id);
  const stream = streamOf(id);
  if (stream != null) stream.onResponseMetadata(count);
  afterCallback();
  return FlowStatus.Continue;
}

export function proxy_on_new_connection(id: u32): u32 {
  begin(id);
  const stream = streamOf(id);
  const status = stream == null ? FlowStatus.Continue : stream.onNewConnection();
  afterCallback();
  return status;
}

export function proxy_on_downstream_data(id: u32, size: i32, end: u32): u32 {
  begin(id);
  const stream = streamOf(id);
  const status = stream == null ? FlowStatus.Continue : stream.onDownstreamData(size, end != 0);
  afterCallback();
  return status;
}

export function proxy_on_upstream_data(id: u32, size: i32, end: u32): u32 {
  begin(id);
  const stream = streamOf(id);
  const status = stream == null ? FlowStatus.Continue : stream.onUpstreamData(size, end != 0);
  afterCallback();
  return status;
}

export function proxy_on_downstream_connection_close(id: u32, peer: u32): void {
  begin(id);
  const stream = streamOf(id);
  if (stream != null) stream.onDownstreamClose(<PeerType>peer);
  afterCallback();
}

export function proxy_on_upstream_connection_close(id: u32, peer: u32): void {
  begin(id);
  const stream = streamOf(id);
  if (stream != null) stream.onUpstreamClose(<PeerType>peer);
  afterCallback();
}

export function proxy_on_http_call_response(id: u32, token: u32, headerCount: i32, bodySize: i32, _trailerCount: u32): void {
  begin(id);
  deliverCallAnswer(token, headerCount, bodySize);
  afterCallback();
}

export function proxy_on_grpc_receive_initial_metadata(id: u32, token: u32, count: u32): void {
  begin(id);
  const handler = grpcHandler(token);
  if (handler != null) handler.onInitialMetadata(count);
  afterCallback();
}

export function proxy_on_grpc_receive(id: u32, token: u32, size: u32): void {
  begin(id);
  const handler = grpcHandler(token);
  if (handler != null) handler.onMessage(size);
  afterCallback();
}

export function proxy_on_grpc_receive_trailing_metadata(id: u32, token: u32, count: u32): void {
  begin(id);
  const handler = grpcHandler(token);
  if (handler != null) handler.onTrailingMetadata(count);
  afterCallback();
}

export function proxy_on_grpc_close(id: u32, token: u32, code: u32): void {
  begin(id);
  const handler = grpcHandler(token);
  grpcClosed(token);
  if (handler != null) handler.onClose(code);
  afterCallback();
}

export function proxy_on_foreign_function(id: u32, functionId: u32, argumentSize: u32): void {
  begin(id);
  const stream = streamOf(id);
  const root = rootOf(id);
  if (stream != null) stream.onForeignFunction(functionId, argumentSize);
  else if (root != null) root.onForeignFunction(functionId, argumentSize);
  afterCallback();
}

export function proxy_on_log(id: u32): void {
  begin(id);
  const stream = streamOf(id);
  const root = rootOf(id);
  if (stream != null) stream.onLog();
  else if (root != null) root.onLog();
  afterCallback();
}

export function proxy_on_done(id: u32): u32 {
  begin(id);
  const stream = streamOf(id);
  const root = rootOf(id);
  let done = true;
  if (stream != null) done = stream.onDone();
  else if (root != null) done = root.onDone();
  afterCallback();
  return done ? 1 : 0;
}

export function proxy_on_delete(id: u32): void {
  begin(id);
  const stream = streamOf(id);
  const root = rootOf(id);
  if (stream != null) stream.onDelete();
  else if (root != null) root.onDelete();
  removeContext(id);
  forgetCallsOf(id);
  forgetGrpcOf(id);
  afterCallback();
}
