/** The certificate authorities that this machine trusts. */

import { existsSync } from "node:fs";
import type { Gateway } from "../gateway/gateway.ts";
import { CommandFailure } from "../failure.ts";

/** Where distributions keep them: Debian and Alpine, Fedora and RHEL, openSUSE, older RHEL, macOS and BSD. */
const places = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/cert.pem",
];

/** The machine's CA bundle (SSL_CERT_FILE first, as OpenSSL reads it), or null if neither a provider nor the Redis needs it. */
export function systemCaFor(gateway: Gateway, environment: NodeJS.ProcessEnv): string | null {
  const provider = gateway.providers.find(({ endpoint }) => endpoint.tls && endpoint.ca === null);
  const needsIt = gateway.redis !== null && gateway.redis.endpoint.tls && gateway.redis.endpoint.ca === null;
  if (provider === undefined && !needsIt) return null;
  const user = provider === undefined ? "Redis" : `Provider "${provider.id}"`;
  const named = environment.SSL_CERT_FILE;
  if (named && !existsSync(named)) throw new CommandFailure(2, `SSL_CERT_FILE names ${named}, which isn't there.`);
  const found = named || places.find((place) => existsSync(place));
  if (found) return found;
  throw new CommandFailure(
    2,
    `${user} is reached over TLS, and this machine has no CA bundle (looked in ${places.join(", ")}).\n` +
      `Install it (Debian, Ubuntu: apt-get install ca-certificates), or name one in SSL_CERT_FILE or in its tls.ca.`,
  );
}
