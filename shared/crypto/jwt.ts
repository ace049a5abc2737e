/** JSON web tokens, signed by RS256: https://www.rfc-editor.org/rfc/rfc7515#section-7.1 */
import { writeBase64Url } from "../bytes/base64";
import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { RsaPrivateKey } from "./rsa";

/** A token in compact form, in a buffer of its own. `header` and `claims` are JSON texts; the header has to say `"alg":"RS256"`. Null: the key can't sign (see rsa.ts). */
export function signToken(header: Bytes, claims: Bytes, key: RsaPrivateKey): Bytes | null {
  const out = new ByteWriter(((header.length + claims.length) * 4) / 3 + 1400);
  writeBase64Url(header, out);
  out.byte(0x2e);
  writeBase64Url(claims, out);
  const signature = key.sign(out.view());
  if (signature == null) return null;
  out.byte(0x2e);
  writeBase64Url(signature, out);
  return out.view();
}
