/** Google's token endpoint for the calls of modules in the host. */
import { expect } from "vitest";
import type { CalloutScript } from "../host/callout.ts";
import type { Envoy } from "../host/worker.ts";
import { TokenServer, type ServiceAccount } from "../providers/vertex/token-server.ts";

/** The endpoint at `https://oauth2.example.com/token`, with the host's clock. */
export function tokenEndpoint(envoy: Envoy, account: ServiceAccount): { server: TokenServer; script: CalloutScript } {
  const server = new TokenServer(account, () => envoy.clock.now);
  const script: CalloutScript = (call) => {
    expect(call.headers.get(":authority")).toBe("oauth2.example.com");
    expect(call.headers.get(":path")).toBe("/token");
    const answer = server.answer(
      call.headers.get(":method") ?? "",
      call.headers.get("content-type") ?? undefined,
      Buffer.from(call.body).toString(),
    );
    return { ...answer, after: 30 };
  };
  return { server, script };
}
