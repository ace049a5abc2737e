/** One JSON line per request. No query, no credential, no header that a client chooses. */

import type { Gateway } from "../gateway/gateway.ts";
import { condition } from "./local-replies.ts";
import { extension, type Message } from "./protobuf.ts";

/** https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/observability/access_log/usage */
const fields = {
  time: "%START_TIME%",
  request_id: "%STREAM_ID%",
  method: "%REQ(:METHOD)%",
  path: "%PATH(NQ:PATH)%",
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

/** Of these the facts know the client's: once an attempt has written its request, Envoy shows the provider's path, and no id. */
const inFacts: ReadonlySet<string> = new Set(["request_id", "path"]);

/** Written by the module as a JSON object, once per request. */
const facts = "wasm.sluice.facts";

/**
 * Two loggers, one line: a JSON format would put the facts into the line as a string, and a text format escapes nothing. So the text is used for requests that have facts: these
 * went through the listener's path normalisation, after which a path has no quote, backslash, space or control character, and nothing else in the line is a client's choice.
 */
export function accessLogs(gateway: Gateway): Message[] {
  const line = Object.entries(fields)
    .filter(([name]) => !inFacts.has(name))
    .map(([name, operator]) => (numbers.has(name) ? `"${name}":${operator}` : `"${name}":"${operator}"`));
  const text = `{${line.join(",")},"facts":%FILTER_STATE(${facts}:PLAIN)%}\n`;
  return [
    { filter: condition(`'${facts}' in filter_state`), ...log(gateway, { text_format_source: { inline_string: text } }) },
    { filter: condition(`!('${facts}' in filter_state)`), ...log(gateway, { json_format: fields }) },
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
