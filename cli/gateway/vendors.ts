/** Provider types of gateway.yaml: where each vendor is, and what it needs. The protocols themselves are the module's. */

export interface Vendor {
  /** The vendor's own address; absent for servers that everybody runs themselves. */
  readonly url?: string;
  /** Whether requests without a key are always refused. `openai` isn't: it may pass on the caller's own. */
  readonly needsKey: boolean;
  /** The variable that the vendor's own SDK reads, if it isn't named like the type: documents and examples use it. */
  readonly keyVariable?: string;
  /** The path segment that the module writes itself, so that `url` must not end with it. */
  readonly ownPath: string;
  /** A URL of such a server, where everybody has their own. */
  readonly example?: string;
  /** The field of ai-proxy without which it can't be asked. */
  readonly needs?: string;
  /** The field of ai-proxy that has its address and more. */
  readonly urlField?: string;
}

export { rows as vendors } from "./vendors.generated.ts";
