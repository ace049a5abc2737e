/** The route table: which plans are a request's, once the module has written the model's name into a header. */

import type { Gateway } from "../gateway/gateway.ts";
import { globToRegularExpression } from "../gateway/globs.ts";
import { providerRouteName } from "./plan-clusters.ts";
import { duration, type Message } from "./protobuf.ts";
import { byPrompt, otherServers } from "./replicas.ts";

/** Headers that the module writes, and that it removes from what clients send. */
export const headers = {
  model: "x-higress-llm-model",
  provider: "x-higress-llm-provider",
  cluster: "x-sluice-cluster",
} as const;

/** The name that the listener asks for. */
export const routeTableName = "sluice";

/**
 * Statuses besides 5xx after which another target may do better: no or wrong key (401, 403), no credit (402), the provider's own time limit (408), a lock (409), too early (425),
 * too many requests (429), no capacity (498, Groq). Not 400, 404, 413, 422: the request itself is at fault, and would be at the next.
 */
const retriableStatusCodes = [401, 402, 403, 408, 409, 425, 429, 498];

/** Above the answer limit, so that an attempt sees that an answer is too long, and can move on, before Envoy ends the request with a 500. */
const answerMargin = 1024 * 1024;

export function routeTable(gateway: Gateway): Message {
  return {
    name: routeTableName,
    virtual_hosts: [
      {
        name: "sluice",
        domains: ["*"],
        // Request bodies are held under the route that is picked before the model is known: `unrouted`.
        request_body_buffer_limit: gateway.limits.body,
        routes: [
          ...gateway.providers.map(({ id }) =>
            planned(providerRouteName(id), { name: headers.provider, string_match: { exact: id } }, [id], gateway),
          ),
          ...gateway.models.map(({ match, to, fallback }) =>
            planned(
              match,
              { name: headers.model, ...valueMatch(match) },
              [...to, ...fallback].map(({ provider }) => provider),
              gateway,
            ),
          ),
          {
            // A direct response would not carry the body limit, so this is a route to nowhere. It answers what the module let through unread.
            name: "unrouted",
            match: { prefix: "/" },
            route: { cluster: "unrouted", cluster_not_found_response_code: "NOT_FOUND", timeout: "0s" },
          },
        ],
      },
    ],
  };
}

/** @param asked The providers that requests on this route may go to. */
function planned(name: string, header: Message, asked: readonly string[], gateway: Gateway): Message {
  const balances = gateway.providers.flatMap(({ id, balance }) => (balance !== null && asked.includes(id) ? [balance] : []));
  return {
    name,
    match: { prefix: "/", headers: [header] },
    // From here on the limit is for answers; the body is in already.
    request_body_buffer_limit: Math.max(gateway.limits.body, gateway.limits.answer) + answerMargin,
    route: {
      cluster_header: headers.cluster,
      // An answer may stream for long.
      timeout: "0s",
      ...(balances.includes("prompt_prefix") && byPrompt),
      // A stream that stands still is cut. Longer than any attempt may take, so that its own limit, which moves on to the next target, comes first.
      idle_timeout: duration(Math.max(gateway.timeouts.answer, gateway.timeouts.firstContent) + 30_000),
      retry_policy: {
        retry_on: "5xx,reset,connect-failure,refused-stream,retriable-status-codes",
        retriable_status_codes: retriableStatusCodes,
        // The module sets x-envoy-max-retries to what the plan holds. Without it there is one attempt.
        num_retries: 0,
        ...(balances.length > 0 && otherServers),
        // The next target is another server: waiting before asking it helps nobody.
        retry_back_off: { base_interval: "0.001s", max_interval: "0.001s" },
      },
    },
  };
}

/** The cheapest of Envoy's matchers that does what the pattern says. */
function valueMatch(pattern: string): Message {
  const stars = pattern.replaceAll(/\*+/g, "*");
  const literal = stars.replaceAll("*", "");
  if (literal === "") return { present_match: true };
  if (!stars.includes("*")) return { string_match: { exact: literal } };
  if (stars === `${literal}*`) return { string_match: { prefix: literal } };
  if (stars === `*${literal}`) return { string_match: { suffix: literal } };
  return { string_match: { safe_regex: { regex: globToRegularExpression(pattern) } } };
}
