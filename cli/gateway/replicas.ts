/** A provider's servers that all do the same: what a `url` that is a list has to agree in. */

import { formatAddress } from "./addresses.ts";
import type { Path } from "./document.ts";
import type { Address, Endpoint } from "./gateway.ts";

/**
 * The servers behind the first one.
 *
 * @param serverName As `tls` has it.
 * @param report Takes what is wrong, with its place in the provider.
 */
export function readReplicas(
  endpoints: readonly Endpoint[],
  serverName: string | undefined,
  report: (at: Path, message: string) => void,
): Address[] {
  const [first, ...others] = endpoints;
  for (const [i, other] of others.entries()) {
    const at: Path = ["url", i + 1];
    const before = endpoints.slice(0, i + 1).findIndex(({ host, port }) => host === other.host && port === other.port);
    if (before >= 0) report(at, `url[${i + 1}]: ${formatAddress(other)} is url[${before}] already`);
    else if (other.tls !== first!.tls) report(at, `url[${i + 1}]: found ${schemeOf(other)}, expected ${schemeOf(first!)} as url[0] has it`);
    else if (other.basePath !== first!.basePath)
      report(at, `url[${i + 1}]: found the path "${other.basePath}", expected "${first!.basePath}" as url[0] has it`);
    else if (other.tls && other.host !== first!.host && serverName === undefined)
      report(at, `url[${i + 1}]: another host than url[0]; say with tls: { server_name: … } which name all their certificates have`);
  }
  return others.map(({ host, port }) => ({ host, port }));
}

function schemeOf({ tls }: Endpoint): string {
  return tls ? "https" : "http";
}
