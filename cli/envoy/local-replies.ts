/** What Envoy itself answers, in the form of the client's protocol: errors that arise before, beside or after the module. */

import { extension, type Message } from "./protobuf.ts";

interface Reply {
  /** A CEL condition over Envoy's attributes. */
  readonly when: string;
  readonly status?: number;
  readonly message: string;
  readonly type: string;
}

/**
 * The module's own replies are complete and stay as they are. Their details are `<plugin>.<reason>`; Envoy's have no dot but in three kinds (an address may stand in the last).
 * https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/http/http_conn_man/response_code_details
 */
const fromEnvoy =
  "(!response.code_details.contains('.') || response.code_details.startsWith('http') || response.code_details.startsWith('upstream_'))";

const replies: readonly Reply[] = [
  {
    when: "response.code == 413",
    message: "The request body is larger than this gateway accepts (limits.body in gateway.yaml).",
    type: "invalid_request_error",
  },
  {
    when: "response.code == 431",
    message: "The request headers are larger than the 60 KiB that this gateway accepts.",
    type: "invalid_request_error",
  },
  { when: "response.code == 404", message: "Nothing is served at this path.", type: "invalid_request_error" },
  { when: "response.code == 408", message: "The request did not arrive in time.", type: "invalid_request_error" },
  {
    when: "response.code == 426",
    message: "This protocol version is not accepted here; use HTTP/1.1 or HTTP/2.",
    type: "invalid_request_error",
  },
  {
    when: "response.code >= 400 && response.code < 500",
    message: "The request is not valid HTTP for this gateway: %RESPONSE_CODE_DETAILS%.",
    type: "invalid_request_error",
  },
  {
    when: "response.code_details == 'response_payload_too_large'",
    status: 502,
    message: "The provider's answer is larger than this gateway holds (limits.answer in gateway.yaml).",
    type: "server_error",
  },
  {
    when: "response.code_details == 'overload'",
    message: "The gateway is short of memory or connections. Try again shortly.",
    type: "server_error",
  },
  { when: "response.code == 504", message: "No provider answered in time.", type: "server_error" },
  {
    when: "response.code >= 500",
    message: "The gateway could not get an answer from a provider: %RESPONSE_CODE_DETAILS%.",
    type: "server_error",
  },
];

/** A protocol's error body, by the path that it is spoken on. */
const forms: readonly { readonly paths: string; readonly body: (reply: Reply) => Message }[] = [
  {
    // https://docs.anthropic.com/en/api/errors
    paths: "request.path.startsWith('/v1/messages')",
    body: ({ type, message }) => ({ type: "error", error: { type: type === "server_error" ? "api_error" : type, message } }),
  },
  {
    // https://cloud.google.com/apis/design/errors#http_mapping
    paths: "request.path.startsWith('/v1beta/')",
    body: ({ type, message }) => ({
      error: { code: "%RESPONSE_CODE%", message, status: type === "server_error" ? "UNAVAILABLE" : "INVALID_ARGUMENT" },
    }),
  },
  {
    // https://platform.openai.com/docs/guides/error-codes
    paths: "true",
    body: ({ type, message }) => ({ error: { message, type, param: null, code: null } }),
  },
];

export const localReplies: Message = {
  mappers: replies.flatMap((reply) =>
    forms.map((form) => ({
      filter: condition(`${fromEnvoy} && ${reply.when} && ${form.paths}`),
      ...(reply.status !== undefined && { status_code: reply.status }),
      body_format_override: { json_format: form.body(reply), content_type: "application/json" },
    })),
  ),
};

/** An access log filter by a CEL expression. */
export function condition(expression: string): Message {
  return {
    extension_filter: extension(
      "envoy.access_loggers.extension_filters.cel",
      "envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter",
      { expression },
    ),
  };
}
