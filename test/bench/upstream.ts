/**
 * The providers of a measurement: another Envoy that answers directly. Its CPU is not counted.
 *
 * A direct response goes out as soon as a request's headers are in. To HTTP/1.1 that is an answer to half a request, and Envoy closes the connection after it: the gateway then
 * connects anew for every request. Providers whose name ends in `-kept` read the request first and keep the connection, as real ones do.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { extension, socketAddress, type Message } from "../../cli/envoy/protobuf.ts";

/** Answers of about the same length in each protocol, in the vendors' forms. */
export const answers = {
  openai: {
    id: "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
    object: "chat.completion",
    created: 1741569952,
    model: "gpt-4o-2024-08-06",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: "Hello, world! It is good to see you all here today.", refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
    usage: {
      prompt_tokens: 19,
      completion_tokens: 14,
      total_tokens: 33,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
    },
    service_tier: "default",
    system_fingerprint: "fp_a288987b44",
  },
  claude: {
    id: "msg_01XFDUDYJgAACzvnptvVoYEL",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5-20250929",
    content: [{ type: "text", text: "Hello, world! It is good to see you all here today." }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: {
      input_tokens: 19,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      output_tokens: 14,
      service_tier: "standard",
    },
  },
  gemini: {
    candidates: [
      {
        content: { parts: [{ text: "Hello, world! It is good to see you all here today." }], role: "model" },
        finishReason: "STOP",
        avgLogprobs: -0.021,
      },
    ],
    usageMetadata: {
      promptTokenCount: 19,
      candidatesTokenCount: 14,
      totalTokenCount: 33,
      promptTokensDetails: [{ modality: "TEXT", tokenCount: 19 }],
      candidatesTokensDetails: [{ modality: "TEXT", tokenCount: 14 }],
    },
    modelVersion: "gemini-2.5-flash",
    responseId: "mAitaLmkHPPlz7IPvtfUqQ4",
  },
  bedrock: {
    metrics: { latencyMs: 812 },
    output: { message: { content: [{ text: "Hello, world! It is good to see you all here today." }], role: "assistant" } },
    stopReason: "end_turn",
    usage: { inputTokens: 19, outputTokens: 14, totalTokens: 33 },
  },
} as const;

type AnswerName = keyof typeof answers;

/** Providers that answer whole. */
export const wholeNames = ["openai", "claude", "gemini", "bedrock", "openai-kept", "claude-kept"] as const;
export type WholeName = (typeof wholeNames)[number];

/** Writes the bootstrap of an Envoy that gives these answers at these ports. */
export function writeUpstream(folder: string, ports: Readonly<Record<WholeName, number>>): void {
  const listeners = wholeNames.map((name) =>
    listener(name, ports[name], JSON.stringify(answers[name.split("-")[0] as AnswerName]), name.endsWith("-kept")),
  );
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "bootstrap.json"), JSON.stringify({ static_resources: { listeners, clusters: [] } }));
}

function listener(name: string, port: number, body: string, readsRequest: boolean): Message {
  const manager = extension(
    "envoy.filters.network.http_connection_manager",
    "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    {
      stat_prefix: name,
      route_config: {
        virtual_hosts: [
          {
            name,
            domains: ["*"],
            routes: [
              {
                match: { prefix: "/" },
                direct_response: { status: 200, body: { inline_string: body } },
                response_headers_to_add: [
                  { header: { key: "content-type", value: "application/json" }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" },
                ],
              },
            ],
          },
        ],
      },
      http_filters: [
        ...(readsRequest
          ? [
              extension("envoy.filters.http.buffer", "envoy.extensions.filters.http.buffer.v3.Buffer", {
                max_request_bytes: 64 * 1024 * 1024,
              }),
            ]
          : []),
        extension("envoy.filters.http.router", "envoy.extensions.filters.http.router.v3.Router"),
      ],
    },
  );
  return { name, address: socketAddress({ host: "127.0.0.1", port }), filter_chains: [{ filters: [manager] }] };
}
