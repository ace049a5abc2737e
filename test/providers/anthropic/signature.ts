/** Signatures of thoughts: opaque to a client, and refused when they don't belong to the text that they came with. */
import { createHmac } from "node:crypto";

/** A signature of the length that the vendor's have. */
export function signatureOf(thinking: string): string {
  const digest = createHmac("sha512", "sluice test provider").update(thinking).digest();
  return `ErUB${Buffer.concat([digest, digest]).toString("base64")}`;
}

/** Signatures that a test scripted itself are told by their prefix. */
export function isOurSignature(thinking: string, signature: string): boolean {
  return signature === signatureOf(thinking) || (thinking === "" && signature.startsWith("ErUB"));
}
