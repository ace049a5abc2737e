/** HMAC-SHA256 (RFC 2104, https://www.rfc-editor.org/rfc/rfc2104). */
import { Bytes } from "../bytes/bytes";
import { SHA256_BLOCK, Sha256, sha256 } from "./sha256";

/** A key, ready for any number of messages: its two blocks are hashed once. */
@final
export class HmacSha256 {
  private inner: Sha256 = new Sha256();
  private outer: Sha256 = new Sha256();
  private running: Sha256 = new Sha256();

  constructor(key: Bytes) {
    const short = key.length > SHA256_BLOCK ? sha256(key) : key;
    const pad = new StaticArray<u8>(SHA256_BLOCK);
    for (let i = 0; i < SHA256_BLOCK; i++) pad[i] = short.at(i) ^ 0x36;
    const block = Bytes.whole(pad);
    this.inner.update(block);
    for (let i = 0; i < SHA256_BLOCK; i++) pad[i] ^= 0x36 ^ 0x5c;
    this.outer.update(block);
    block.fill(0, 0, SHA256_BLOCK);
    this.running.copyFrom(this.inner);
  }

  /** Adds bytes of the message. */
  update(bytes: Bytes): this {
    this.running.update(bytes);
    return this;
  }

  /** The authentication code of what was added, 32 bytes in a buffer of their own. The next message begins. */
  finish(): Bytes {
    const digest = this.running.finish();
    this.running.copyFrom(this.outer);
    const code = this.running.update(digest).finish();
    this.running.copyFrom(this.inner);
    return code;
  }
}

/** HMAC-SHA256 of one message under a key: 32 bytes in a buffer of their own. */
export function hmacSha256(key: Bytes, message: Bytes): Bytes {
  return new HmacSha256(key).update(message).finish();
}
