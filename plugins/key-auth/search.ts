import { Bytes, EMPTY } from "../../shared/bytes/bytes";
import { percentDecoded } from "../../shared/bytes/percent";
import { ByteWriter } from "../../shared/bytes/writer";
import { Tristate } from "../../shared/config/reader";
import { requestHeaders } from "../../shared/host/headers";
import { Exchange } from "../../shared/pipeline/exchange";
import { KeyAuthConfig, withoutScheme } from "./config";
import { Credential } from "./credentials";
import { quotesKey } from "./quoted";

const name = new Bytes();
const value = new Bytes();
const COLON: u8 = 0x3a;
/** Shorter keys are words that stand anywhere. */
const SHORTEST_KEY = 6;

/** What looking for a key in a request came to. */
@final
export class Found {
  /** The credential; null: none of those that the request has is known. */
  credential: Credential | null = null;
  /** Whether the request has anything in a place for keys. */
  any: bool = false;
}

/**
 * Looks in the headers, then in the query; the first key that is known, and counts where it stands, is the caller's. Every key that is known is taken out of the request, wherever it stands: no provider
 * sees one.
 */
export function findCredential(exchange: Exchange, config: KeyAuthConfig): Found {
  const found = new Found();
  for (let i = 0; i < config.headers.length; i++) lookInHeader(exchange, config, config.headers[i], found);
  if (config.parameters.length > 0) lookInQuery(exchange, config, found);
  const credential = found.credential;
  const secret = credential == null || credential.secret.length < SHORTEST_KEY ? EMPTY : credential.secret;
  dropHeaders(exchange, config, secret);
  if (!secret.isEmpty) dropFromQuery(exchange, secret);
  return found;
}

/** Takes out headers that hold a key in a form or a place that isn't looked at (`Token KEY`, a second key behind the first, the caller's own in `user-agent`): they could go on to a provider. */
function dropHeaders(exchange: Exchange, config: KeyAuthConfig, secret: Bytes): void {
  const head = exchange.head;
  let at = 0;
  while (at < head.count) {
    head.name(at, name);
    head.value(at, value);
    if (name.at(0) == COLON || !(carriesKeys(name, config) ? quotesKey(value, config.table) : value.indexOfBytes(secret) >= 0)) {
      at++;
      continue;
    }
    requestHeaders.removeBytes(name);
    head.removeBytes(name);
  }
}

/** Headers that are made for keys, be they looked at or not. */
function carriesKeys(lower: Bytes, config: KeyAuthConfig): bool {
  if (lower.is("authorization") || lower.is("proxy-authorization") || lower.is("x-api-key") || lower.is("api-key")) return true;
  if (lower.is("x-goog-api-key")) return true;
  for (let i = 0; i < config.headers.length; i++) if (config.headers[i].equals(lower)) return true;
  return false;
}

function lookInHeader(exchange: Exchange, config: KeyAuthConfig, name: Bytes, found: Found): void {
  const head = exchange.head;
  let isKnown = false;
  for (let at = head.indexOfBytes(name); at >= 0; at = head.indexOfBytes(name, at + 1)) {
    const secret = withoutScheme(head.value(at, value));
    if (secret.isEmpty) continue;
    found.any = true;
    const credential = config.table.find(secret);
    if (credential == null) continue;
    isKnown = true;
    if (found.credential == null && counts(credential, name, credential.inHeader, config.fields.inHeader)) found.credential = credential;
  }
  if (!isKnown) return;
  head.removeBytes(name);
  requestHeaders.removeBytes(name);
}

function lookInQuery(exchange: Exchange, config: KeyAuthConfig, found: Found): void {
  const path = exchange.path;
  const query = path.indexOf(0x3f);
  if (query < 0) return;
  let from = query + 1;
  while (from < path.length) {
    let to = path.indexOf(0x26, from);
    if (to < 0) to = path.length;
    const equals = path.indexOf(0x3d, from);
    if (equals > from && equals + 1 < to) {
      const parameter = percentDecoded(path.slice(from, equals));
      if (isParameter(config, parameter)) {
        found.any = true;
        const credential = config.table.find(percentDecoded(path.slice(equals + 1, to)));
        if (credential != null) {
          if (found.credential == null && counts(credential, parameter, credential.inQuery, config.fields.inQuery))
            found.credential = credential;
          removeParameter(exchange, from, to);
          continue;
        }
      }
    }
    from = to + 1;
  }
}

/** Takes out parameters of the query that quote the caller's key, whatever they are called and however they are written. */
function dropFromQuery(exchange: Exchange, secret: Bytes): void {
  let from = exchange.path.indexOf(0x3f) + 1;
  while (from > 0 && from < exchange.path.length) {
    let to = exchange.path.indexOf(0x26, from);
    if (to < 0) to = exchange.path.length;
    if (percentDecoded(exchange.path.slice(from, to)).indexOfBytes(secret) >= 0) removeParameter(exchange, from, to);
    else from = to + 1;
  }
}

function isParameter(config: KeyAuthConfig, name: Bytes): bool {
  const lower = name.toLowerCase();
  for (let i = 0; i < config.parameters.length; i++) if (config.parameters[i].equals(lower)) return true;
  return false;
}

/** Whether a credential counts in a header or parameter of that name. `own` is what its consumer says of headers, or of the query; `usual` what the scope says. */
function counts(credential: Credential, place: Bytes, own: Tristate, usual: bool): bool {
  if (own == Tristate.Absent ? !usual : own == Tristate.False) return false;
  const places = credential.places;
  if (places == null) return true;
  for (let i = 0; i < places.length; i++) if (places[i].equals(place.toLowerCase())) return true;
  return false;
}

/** The path without the bytes `[from, to)` of its query. */
function removeParameter(exchange: Exchange, from: i32, to: i32): void {
  const path = exchange.path;
  const out = new ByteWriter(path.length);
  const before = path.slice(0, from - 1);
  const separator = path.at(from - 1);
  out.bytes(before);
  if (to < path.length) {
    out.byte(separator);
    out.bytes(path.slice(to + 1));
  }
  const rest = out.view();
  exchange.path.set(rest.buffer, rest.start, rest.length);
  requestHeaders.set(":path", rest);
}
