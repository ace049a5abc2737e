import { Bytes } from "../../shared/bytes/bytes";
import { ByteWriter } from "../../shared/bytes/writer";
import { requestHeaders } from "../../shared/host/headers";
import { Exchange } from "../../shared/pipeline/exchange";
import { KeyAuthConfig, withoutScheme } from "./config";
import { Credential } from "./credentials";

const value = new Bytes();

/** What looking for a key in a request came to. */
@final
export class Found {
  /** The credential; null: none of those that the request has is known. */
  credential: Credential | null = null;
  /** Whether the request has anything in a place for keys. */
  any: bool = false;
}

/** Looks in the headers, then in the query; the first known key counts. Where it stands it is taken out of the request: no provider sees it. */
export function findCredential(exchange: Exchange, config: KeyAuthConfig): Found {
  const found = new Found();
  const head = exchange.head;
  for (let i = 0; i < config.headers.length; i++) {
    const name = config.headers[i];
    for (let at = head.indexOfBytes(name); at >= 0; at = head.indexOfBytes(name, at + 1)) {
      const secret = withoutScheme(head.value(at, value));
      if (secret.isEmpty) continue;
      found.any = true;
      const credential = config.table.find(secret);
      if (credential == null || !credential.inHeader || !countsIn(credential, name)) continue;
      found.credential = credential;
      requestHeaders.removeBytes(name);
      return found;
    }
  }
  const query = exchange.path.indexOf(0x3f);
  if (query < 0 || config.parameters.length == 0) return found;
  let from = query + 1;
  while (from < exchange.path.length) {
    let to = exchange.path.indexOf(0x26, from);
    if (to < 0) to = exchange.path.length;
    const pair = exchange.path.slice(from, to);
    const equals = pair.indexOf(0x3d);
    if (equals > 0) {
      const name = pair.slice(0, equals);
      if (isParameter(config, name) && equals + 1 < pair.length) {
        found.any = true;
        const credential = config.table.find(decoded(pair.slice(equals + 1)));
        if (credential != null && credential.inQuery && countsIn(credential, name)) {
          found.credential = credential;
          removeParameter(exchange, from, to);
          return found;
        }
      }
    }
    from = to + 1;
  }
  return found;
}

function isParameter(config: KeyAuthConfig, name: Bytes): bool {
  const lower = name.toLowerCase();
  for (let i = 0; i < config.parameters.length; i++) if (config.parameters[i].equals(lower)) return true;
  return false;
}

function countsIn(credential: Credential, place: Bytes): bool {
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

/** Percent-decoded (https://url.spec.whatwg.org/#percent-decode); what isn't a valid escape stays as it is. */
function decoded(text: Bytes): Bytes {
  if (text.indexOf(0x25) < 0) return text;
  const out = new ByteWriter(text.length);
  for (let i = 0; i < text.length; i++) {
    const high = text.at(i) == 0x25 && i + 2 < text.length ? hexDigit(text.at(i + 1)) : -1;
    const low = high >= 0 ? hexDigit(text.at(i + 2)) : -1;
    if (low < 0) out.byte(text.at(i));
    else {
      out.byte(<u8>((high << 4) | low));
      i += 2;
    }
  }
  return out.view();
}

function hexDigit(byte: u8): i32 {
  if (<u32>byte - 0x30 < 10) return <i32>byte - 0x30;
  const letter = <u32>(byte | 0x20) - 0x61;
  return letter < 6 ? <i32>letter + 10 : -1;
}
