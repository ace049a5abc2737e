import type { CalloutScript } from "../../callout.ts";
import type { ClusterTable } from "../../cluster.ts";
import type { ClientRequest } from "../../gateway.ts";
import type { Provider } from "../../provider.ts";
import type { Route } from "../../route.ts";

/** A listing of the scripted probe: its root id, and what it does. */
export interface Listing {
  rootId: string;
  script: string | readonly string[];
  /** Default: all listings of a scenario share one VM. */
  vmId?: string;
  allowStopAtHeaders?: boolean;
}

/** What happens, told once for both sides: a real Envoy records it, our host replays it. */
export interface Scenario {
  name: string;
  downstream: Listing[];
  upstream?: Listing[];
  clusters?: ClusterTable;
  routes?: Route[];
  providers?: Record<string, Provider>;
  callouts?: Record<string, CalloutScript>;
  env?: Record<string, string>;
  bufferLimit?: number;
  suppressEnvoyHeaders?: boolean;
  /** HTTP/2 on both sides. */
  http2?: boolean;
  requests: (ClientRequest & {
    /** The client goes away after so many chunks of the answer (0: once the request is sent). */
    hangUpAfterChunks?: number;
    /** Milliseconds to wait before. */
    wait?: number;
  })[];
}

/** The configuration of the probe that does what `script` says. */
export function configurationOf({ script }: Listing): string {
  return typeof script === "string" ? script : script.join("\n");
}
