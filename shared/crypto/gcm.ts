/** AES-256-GCM (NIST SP 800-38D, https://doi.org/10.6028/NIST.SP.800-38D): encrypts and authenticates. Nonces of 12 bytes, tags of 16. */
import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { AES256_KEY, AES_BLOCK, Aes256 } from "./aes";
import { Ghash } from "./ghash";
import { equalInConstantTime } from "./siphash";

/** Bytes of a nonce. */
export const GCM_NONCE: i32 = 12;
/** Bytes of a tag. */
export const GCM_TAG: i32 = 16;

/** The counter's block, and what it was encrypted to. Nobody else runs meanwhile. */
const COUNTER: usize = memory.data(16, 16);
const STREAM: usize = memory.data(16, 16);

/** A key, ready for any number of messages. */
@final
export class Aes256Gcm {
  private ghash: Ghash;

  private constructor(private cipher: Aes256) {
    memory.fill(STREAM, 0, AES_BLOCK);
    cipher.encrypt(STREAM, STREAM);
    this.ghash = new Ghash(STREAM);
  }

  /** Null if the key hasn't 32 bytes. */
  static of(key: Bytes): Aes256Gcm | null {
    return key.length == AES256_KEY ? new Aes256Gcm(new Aes256(key)) : null;
  }

  /**
   * Appends the ciphertext (as long as the plaintext) and the tag. False, and nothing written, if the nonce hasn't 12 bytes. Two messages under one key must never have the same nonce: whoever sees both can forge others.
   * `associated` is authenticated and not part of the result.
   */
  seal(nonce: Bytes, associated: Bytes, plaintext: Bytes, out: ByteWriter): bool {
    if (nonce.length != GCM_NONCE) return false;
    const sealed = new StaticArray<u8>(plaintext.length + GCM_TAG);
    const to = changetype<usize>(sealed);
    this.crypt(nonce, plaintext.pointer, plaintext.length, to);
    this.writeTag(nonce, associated, to, plaintext.length, to + <usize>plaintext.length);
    out.bytes(Bytes.whole(sealed));
    return true;
  }

  /** The plaintext of a ciphertext followed by its tag, in a buffer of its own. Null unless all of it, nonce and associated data are as they were sealed: nothing is decrypted before that is known. */
  open(nonce: Bytes, associated: Bytes, sealed: Bytes): Bytes | null {
    const length = sealed.length - GCM_TAG;
    if (nonce.length != GCM_NONCE || length < 0) return null;
    const tag = Bytes.whole(new StaticArray<u8>(GCM_TAG));
    this.writeTag(nonce, associated, sealed.pointer, length, tag.pointer);
    if (!equalInConstantTime(tag, sealed.slice(length))) return null;
    const plaintext = Bytes.whole(new StaticArray<u8>(length));
    this.crypt(nonce, sealed.pointer, length, plaintext.pointer);
    return plaintext;
  }

  /** Adds the key stream of the counters from 2 on. */
  private crypt(nonce: Bytes, from: usize, length: i32, to: usize): void {
    let counter: u32 = 2;
    startAt(nonce);
    let at = 0;
    for (; at + AES_BLOCK <= length; at += AES_BLOCK) {
      this.stream(counter++);
      store<u64>(to + <usize>at, load<u64>(from + <usize>at) ^ load<u64>(STREAM));
      store<u64>(to + <usize>at, load<u64>(from + <usize>at, 8) ^ load<u64>(STREAM, 8), 8);
    }
    if (at == length) return;
    this.stream(counter);
    for (let i = 0; at < length; at++, i++) store<u8>(to + <usize>at, load<u8>(from + <usize>at) ^ load<u8>(STREAM + <usize>i));
  }

  private writeTag(nonce: Bytes, associated: Bytes, encrypted: usize, length: i32, to: usize): void {
    const ghash = this.ghash;
    ghash.clear();
    ghash.update(associated.pointer, associated.length);
    ghash.update(encrypted, length);
    ghash.finish(associated.length, length, to);
    startAt(nonce);
    this.stream(1);
    store<u64>(to, load<u64>(to) ^ load<u64>(STREAM));
    store<u64>(to, load<u64>(to, 8) ^ load<u64>(STREAM, 8), 8);
  }

  private stream(counter: u32): void {
    store<u32>(COUNTER, bswap<u32>(counter), 12);
    this.cipher.encrypt(COUNTER, STREAM);
  }
}

function startAt(nonce: Bytes): void {
  store<u32>(COUNTER, nonce.word32(0));
  store<u32>(COUNTER, nonce.word32(4), 4);
  store<u32>(COUNTER, nonce.word32(8), 8);
}
