/** Addresses and URLs of gateway.yaml. */

import { isIP } from "node:net";
import type { Address } from "./gateway.ts";

/** "127.0.0.1:8080", "[::1]:8080", "localhost:8080"; null if it is none with a port from 1 to 65535. */
export function parseAddress(text: string): Address | null {
  const [, bracketed, plain, digits] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]+)):([0-9]{1,5})$/.exec(text) ?? [];
  const written = bracketed ?? plain;
  if (written === undefined || digits === undefined) return null;
  const host = written === "localhost" ? "127.0.0.1" : written;
  const port = Number(digits);
  if (isIP(host) !== (bracketed === undefined ? 4 : 6) || port < 1 || port > 65535) return null;
  return { host, port };
}

export function formatAddress({ host, port }: Address): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\./.test(host);
}

/** Loopback, private (RFC 1918, RFC 4193) and link-local addresses, and names that only a private network resolves. */
export function isPrivate(host: string): boolean {
  if (isLoopback(host)) return true;
  if (isIP(host) === 4) return /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2[0-9]|3[01])\.)/.test(host);
  if (isIP(host) === 6) return /^f[cd]|^fe[89ab]/i.test(host);
  return !host.includes(".") || /\.(local|internal|lan|svc|cluster\.local)$/.test(host);
}
