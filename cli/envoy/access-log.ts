/** One JSON line per request. No query, no credential, no header that a client chooses. */

import type { Gateway } from "../gateway/gateway.ts";
import { condition } from "./local-replies.ts";
import { extension, type Message } from "./protobuf.ts";

/** https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/observability/access_log/usage */
const fields = {
  time: "%START_TIME%",
  method: "%REQ(:METHOD)%",
  status: "%RESPONSE_CODE%",
  flags: "%RESPONSE_FLAGS%",
  details: "%RESPONSE_CODE_DETAILS%",
  duration_ms: "%DURATION%",
  attempts: "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
  request_bytes: "%BYTES_RECEIVED%",
  answer_bytes: "%BYTES_SENT%",
  client: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
  protocol: "%PROTOCOL%",
} as const;

const numbers: ReadonlySet<string> = new Set(["status", "duration_ms", "attempts", "request_bytes", "answer_bytes"]);

/** Facts of a request that no module saw. Of the others the module's facts tell these: once an attempt has written its request, Envoy shows the provider's path, and no id. */
const factsOfEnvoy = { request_id: "%STREAM_ID%", path: "%PATH(NQ:PATH)%" } as const;

/** Written by the module as a JSON object, once per request. */
const facts = "wasm.sluice.facts";

/**
 * Two loggers, one line: a JSON format would put the facts into the line as a string, and a text format escapes nothing. So the text is used for requests whose facts the module has written, as JSON: else a client chooses
 * only the method, which is one word.
 */
export function accessLogs(gateway: Gateway): Message[] {
  const line = Object.entries(fields).map(([name, operator]) => (numbers.has(name) ? `"${name}":${operator}` : `"${name}":"${operator}"`));
  const text = `{${line.join(",")},"facts":%FILTER_STATE(${facts}:PLAIN)%}\n`;
  return [
    { filter: condition(`'${facts}' in filter_state`), ...log(gateway, { text_format_source: { inline_string: text } }) },
    { filter: condition(`!('${facts}' in filter_state)`), ...log(gateway, { json_format: { ...fields, facts: factsOfEnvoy } }) },
  ];
}

function log(gateway: Gateway, format: Message): Message {
  return gateway.accessLog === null
    ? extension("envoy.access_loggers.stdout", "envoy.extensions.access_loggers.stream.v3.StdoutAccessLog", { log_format: format })
    : extension("envoy.access_loggers.file", "envoy.extensions.access_loggers.file.v3.FileAccessLog", {
        path: gateway.accessLog,
        log_format: format,
      });
}
