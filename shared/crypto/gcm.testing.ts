/** What the tests of AES-GCM call. */
import { OUTPUT, input } from "../../test/assembly/io";
import { Aes256 } from "./aes";
import { Aes256Gcm } from "./gcm";
export * from "../../test/assembly/io";

/** Inputs: key, block. Twice, the second time in place. */
export function block(): void {
  const cipher = new Aes256(input());
  const out = new StaticArray<u8>(16);
  cipher.encrypt(input(1).pointer, changetype<usize>(out));
  cipher.encrypt(input(1).pointer, input(1).pointer);
  for (let i = 0; i < 16; i++) OUTPUT.byte(out[i]);
  OUTPUT.bytes(input(1));
}

/** Inputs: key, nonce, associated data, plaintext. 1 and ciphertext and tag; 0: refused; -1: no such key. */
export function seal(): i32 {
  const key = Aes256Gcm.of(input());
  if (key == null) return -1;
  return key.seal(input(1), input(2), input(3), OUTPUT) ? 1 : 0;
}

/** Inputs: key, nonce, associated data, ciphertext and tag. 1 and the plaintext; 0: refused; -1: no such key. */
export function open(): i32 {
  const key = Aes256Gcm.of(input());
  if (key == null) return -1;
  const plaintext = key.open(input(1), input(2), input(3));
  if (plaintext == null) return 0;
  OUTPUT.bytes(plaintext);
  return 1;
}

/** For measuring. Inputs: key, nonce, message. */
export function sealMany(times: i32): void {
  const key = Aes256Gcm.of(input());
  if (key == null) return;
  for (let i = 0; i < times; i++) {
    OUTPUT.clear();
    key.seal(input(1), input(1), input(2), OUTPUT);
  }
}
