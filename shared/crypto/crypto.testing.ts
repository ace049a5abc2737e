/** What the tests of this folder call. */
import { OUTPUT, input } from "../../test/assembly/io";
import { Bytes, EMPTY } from "../bytes/bytes";
import { crc32 } from "./crc32";
import { writeHex } from "./hex";
import { HmacSha256, hmacSha256 } from "./hmac";
import { signToken } from "./jwt";
import { readPrivateKey } from "./private-key";
import { RsaPrivateKey } from "./rsa";
import { Sha256, sha256 } from "./sha256";
import { payloadHash } from "./signature";
import { SigV4 } from "./sigv4";
import { Tc3 } from "./tc3";
import { writeBasicTime, writeDate } from "./utc";
export * from "../../test/assembly/io";

const RUNNING = new Sha256();

export function digest(): void {
  OUTPUT.bytes(sha256(input()));
}

/** The first input in pieces of `size` bytes, then again whole, with the same object. */
export function digestInPieces(size: i32): void {
  const message = input();
  for (let from = 0; from < message.length; from += size) RUNNING.update(message.slice(from, from + size));
  OUTPUT.bytes(RUNNING.finish());
  OUTPUT.bytes(RUNNING.update(message).finish());
}

/** The first input `times` over, without its copies. */
export function digestRepeated(times: i32): void {
  for (let i = 0; i < times; i++) RUNNING.update(input());
  OUTPUT.bytes(RUNNING.finish());
}

/** Key, message; the same key signs twice. */
export function hmac(): void {
  const key = new HmacSha256(input());
  OUTPUT.bytes(key.update(input(1)).finish());
  OUTPUT.bytes(key.update(input(1).slice(0, 1)).update(input(1).slice(1)).finish());
  OUTPUT.bytes(hmacSha256(input(), input(1)));
}

export function hexOf(): void {
  writeHex(input(), OUTPUT);
}

/** The checksum of the whole; that of two pieces, chained, must be the same. */
export function checksum(cut: i32): u32 {
  const whole = crc32(input());
  return crc32(input().slice(cut), crc32(input().slice(0, cut))) == whole ? whole : ~whole;
}

export function date(seconds: u64): void {
  writeDate(seconds, "-", OUTPUT);
}

export function basicTime(seconds: u64): void {
  writeBasicTime(seconds, OUTPUT);
}

/** Inputs: access key, secret, session token, region, service, method, target, body, then headers: name, value, name, value … */
export function sigV4(seconds: u64, headers: i32): void {
  const signer = new SigV4(input(0), input(1), input(2), input(3), input(4));
  // Yesterday's key must not serve today.
  signer.begin(seconds - 86400).authorization(input(5), input(6), payloadHash(EMPTY));
  signer.begin(seconds);
  for (let i = 0; i < headers; i++) signer.header(input(8 + 2 * i).toString(), input(9 + 2 * i));
  OUTPUT.bytes(signer.authorization(input(5), input(6), payloadHash(input(7))));
}

/** Inputs: secret id, secret key, service, body, then headers as above. */
export function tc3(seconds: u64, headers: i32): void {
  const signer = new Tc3(input(0), input(1), input(2));
  signer.begin(seconds);
  for (let i = 0; i < headers; i++) signer.header(input(4 + 2 * i).toString(), input(5 + 2 * i));
  OUTPUT.bytes(signer.authorization(payloadHash(input(3))));
}

/** How often a message of `size` bytes is hashed; for measuring. */
export function hashMany(size: i32, times: i32): u32 {
  const message = Bytes.whole(new StaticArray<u8>(size));
  let sum: u32 = 0;
  for (let i = 0; i < times; i++) sum += sha256(message).at(0);
  return sum;
}

/** Inputs: key in PEM, message. 1 and the signature; 0 and why the key was refused; -1: it can't sign. */
export function signRsa(): i32 {
  const read = readPrivateKey(input());
  const key = read.key;
  if (key == null) {
    OUTPUT.ascii(read.problem);
    return 0;
  }
  const signature = key.sign(input(1));
  if (signature == null) return -1;
  OUTPUT.bytes(signature);
  return 1;
}

let heldKey: RsaPrivateKey | null = null;

export function holdKey(): void {
  heldKey = readPrivateKey(input()).key;
}

export function signHeld(times: i32): void {
  const key = heldKey;
  for (let i = 0; i < times; i++) if (key != null) key.sign(input());
}

/** Inputs: key, header, claims. */
export function token(): void {
  const key = readPrivateKey(input()).key;
  if (key == null) return;
  const made = signToken(input(1), input(2), key);
  if (made != null) OUTPUT.bytes(made);
}
