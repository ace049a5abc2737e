/** The way out to a provider: a proxy, and the certificate that is shown to it. */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Path } from "./document.ts";
import type { Address, ClientIdentity } from "./gateway.ts";

/** The address of `proxy`; null if there is none, or it is wrong. */
export function readProxy(written: string | undefined, report: (message: string) => void): Address | null {
  if (written === undefined) return null;
  const url = URL.canParse(written) ? new URL(written) : null;
  const example = "such as http://proxy.example.com:3128";
  if (url?.protocol === "https:") report("proxy: found https, expected http: TLS goes through the proxy to the provider, not to the proxy");
  else if (url === null || url.protocol !== "http:" || url.hostname === "")
    report(`proxy: ${JSON.stringify(written)} is not an http URL, ${example}`);
  else if (url.username !== "" || url.password !== "") report("proxy: a login at the proxy isn't supported; scheme, host and port only");
  else if (url.pathname !== "/" || url.search !== "" || url.hash !== "") report(`proxy: only scheme, host and port, ${example}`);
  else return { host: url.hostname.replace(/^\[|\]$/g, ""), port: url.port === "" ? 80 : Number(url.port) };
  return null;
}

/** The certificate of `tls` and its key, both read once; null if there are none, or they are wrong. */
export function readIdentity(
  tls: { cert?: string; key?: string } | undefined,
  directory: string,
  report: (at: Path, message: string) => void,
): ClientIdentity | null {
  if (tls?.cert === undefined && tls?.key === undefined) return null;
  if (tls.cert === undefined || tls.key === undefined) {
    report(["tls"], `tls: found ${tls.cert === undefined ? "key" : "cert"} alone, expected cert and key`);
    return null;
  }
  const [cert, key] = [resolve(directory, tls.cert), resolve(directory, tls.key)];
  const certificate = readPem(
    cert,
    (bytes) => new X509Certificate(bytes),
    "a certificate",
    (message) => report(["tls", "cert"], message),
  );
  const privateKey = readPem(key, createPrivateKey, "a private key without passphrase", (message) => report(["tls", "key"], message));
  if (certificate && privateKey && !certificate.checkPrivateKey(privateKey))
    report(["tls", "key"], `tls.key: ${key} isn't the key of the certificate in ${cert}`);
  return { cert, key };
}

function readPem<T>(file: string, parse: (bytes: Buffer) => T, what: string, report: (message: string) => void): T | null {
  const field = what.startsWith("a certificate") ? "tls.cert" : "tls.key";
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    report(`${field}: there is no file ${file} that can be read`);
    return null;
  }
  try {
    return parse(bytes);
  } catch {
    report(`${field}: ${file} doesn't begin with ${what} in PEM`);
    return null;
  }
}
