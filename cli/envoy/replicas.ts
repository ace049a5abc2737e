/** Several servers of one provider: which one a request goes to, and which ones are left out for a while. */

import type { Balance } from "../gateway/gateway.ts";
import { extension, typed, type Message } from "./protobuf.ts";

/** By what the module says of a prompt's beginning, requests with the same one meet the same server. Filter state, since an attempt's headers are its own. */
export const byPrompt: Message = { hash_policy: [{ filter_state: { key: "envoy.hashable_string" } }] };

const policies: Readonly<Record<Balance, Message>> = {
  least_request: { lb_policy: "LEAST_REQUEST" },
  round_robin: { lb_policy: "ROUND_ROBIN" },
  prompt_prefix: {
    lb_policy: "MAGLEV",
    maglev_lb_config: {},
    // A prompt that everybody begins with must not leave all but one server idle: over this share of the average load the next one is taken.
    common_lb_config: { consistent_hashing_lb_config: { hash_balance_factor: 150 } },
  },
  load: {
    load_balancing_policy: {
      policies: [
        {
          typed_extension_config: extension(
            "envoy.load_balancing_policies.client_side_weighted_round_robin",
            "envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin",
            // What was said last counts from the next second on, for as long as somebody goes on saying so.
            { blackout_period: "1s", weight_update_period: "1s", weight_expiration_period: "30s" },
          ),
        },
      ],
    },
  },
};

/** What a cluster of several servers has beside what every cluster has. */
export function balancing(balance: Balance): Message {
  const policy = policies[balance];
  return {
    ...policy,
    // Who was thrown out stays out: `max_ejection_percent` sees to it that one is always left.
    common_lb_config: { ...(policy["common_lb_config"] as Message | undefined), healthy_panic_threshold: { value: 0 } },
    outlier_detection: {
      interval: "1s",
      consecutive_gateway_failure: 3,
      enforcing_consecutive_gateway_failure: 100,
      consecutive_5xx: 5,
      enforcing_consecutive_5xx: 100,
      // Refused and reset connections, and answers that didn't begin in time, apart from what servers answer.
      split_external_local_origin_errors: true,
      consecutive_local_origin_failure: 3,
      enforcing_consecutive_local_origin_failure: 100,
      // Few servers with few requests: their rates say nothing.
      enforcing_success_rate: 0,
      enforcing_local_origin_success_rate: 0,
      // Longer each time, and not all at once.
      base_ejection_time: "5s",
      max_ejection_time: "60s",
      max_ejection_time_jitter: "2s",
      max_ejection_percent: 99,
    },
  };
}

/** A request that is tried again goes to a server that it hasn't had. */
export const otherServers: Message = {
  retry_host_predicate: [
    {
      name: "envoy.retry_host_predicates.previous_hosts",
      typed_config: typed("envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate", {}),
    },
  ],
  host_selection_retry_max_attempts: 5,
};
