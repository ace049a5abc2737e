/** Secrets in what a provider says: found, cut out, covered. */
import { Bytes } from "../../shared/bytes/bytes";
import { ByteWriter } from "../../shared/bytes/writer";

/** Shorter ones are words that stand anywhere. */
const SHORTEST = 6;
const ASTERISK: u8 = 0x2a;

/** Whether a text quotes one of the secrets. */
export function quotesAny(secrets: Array<Bytes>, text: Bytes): bool {
  for (let i = 0; i < secrets.length; i++) {
    if (secrets[i].length >= SHORTEST && text.indexOfBytes(secrets[i]) >= 0) return true;
  }
  return false;
}

/** The text with `***` for each secret; the text itself if it quotes none. */
export function withoutAny(secrets: Array<Bytes>, text: Bytes): Bytes {
  let clean = text;
  for (let i = 0; i < secrets.length; i++) {
    if (secrets[i].length >= SHORTEST) clean = without(clean, secrets[i]);
  }
  return clean;
}

/** Writes asterisks over the secrets where they are. */
export function maskAny(secrets: Array<Bytes>, text: Bytes): void {
  for (let i = 0; i < secrets.length; i++) {
    const secret = secrets[i];
    if (secret.length < SHORTEST) continue;
    for (let at = text.indexOfBytes(secret); at >= 0; at = text.indexOfBytes(secret, at + secret.length))
      text.fill(ASTERISK, at, at + secret.length);
  }
}

/** Whether a text ends with the beginning of a secret, which the next bytes may complete. */
export function endsInAny(secrets: Array<Bytes>, text: Bytes): bool {
  for (let i = 0; i < secrets.length; i++) {
    const secret = secrets[i];
    if (secret.length < SHORTEST) continue;
    for (let from = max(text.length - secret.length + 1, 0); from < text.length; from++) {
      if (text.at(from) == secret.at(0) && secret.startsWithBytes(text.slice(from))) return true;
    }
  }
  return false;
}

function without(text: Bytes, secret: Bytes): Bytes {
  let found = text.indexOfBytes(secret);
  if (found < 0) return text;
  const out = new ByteWriter(text.length);
  let from = 0;
  while (found >= 0) {
    out.bytes(text.slice(from, found));
    out.ascii("***");
    from = found + secret.length;
    found = text.indexOfBytes(secret, from);
  }
  out.bytes(text.slice(from));
  return out.copySince(0);
}
