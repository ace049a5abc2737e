/** Every scenario, by what it is about. */
import { attempts } from "./attempts.ts";
import { callbacks } from "./callbacks.ts";
import { calls } from "./calls.ts";
import { ends } from "./ends.ts";
import { envoyReplies } from "./envoy-replies.ts";
import { faults } from "./faults.ts";
import { headers } from "./headers.ts";
import { heldAnswers } from "./held-answers.ts";
import { heldRequests } from "./held-requests.ts";
import { http2 } from "./http2.ts";
import { limits } from "./limits.ts";
import { replies } from "./replies.ts";
import { routes } from "./routes.ts";
import { state } from "./state.ts";
import { time } from "./time.ts";
import type { Scenario } from "./scenario.ts";

export { configurationOf, type Listing, type Scenario } from "./scenario.ts";

export const scenarios: Scenario[] = [
  ...callbacks,
  ...heldRequests,
  ...heldAnswers,
  ...calls,
  ...attempts,
  ...replies,
  ...envoyReplies,
  ...limits,
  ...time,
  ...ends,
  ...headers,
  ...http2,
  ...routes,
  ...state,
  ...faults,
];
