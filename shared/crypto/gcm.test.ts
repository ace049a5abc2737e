import { createCipheriv } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { type Assembly, assembly } from "../../test/assembly/compile.ts";
import { Random, caseCount, printedSeed } from "../../test/assembly/random.ts";

let gcm: Assembly;
beforeAll(async () => {
  gcm = await assembly(new URL("./gcm.testing.ts", import.meta.url));
}, 60_000);

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

function nodes(key: Uint8Array, nonce: Uint8Array, associated: Uint8Array, plaintext: Uint8Array): Buffer {
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(associated);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

test("AES-256 encrypts FIPS 197's example (appendix C.3)", () => {
  const key = Uint8Array.from({ length: 32 }, (_, index) => index);
  const block = hex("00112233445566778899aabbccddeeff");
  expect(gcm.bytes("block", [key, block]).toString("hex")).toBe("8ea2b7ca516745bfeafc49904b496089".repeat(2));
});

// McGrew and Viega, The Galois/Counter Mode of Operation (GCM), appendix B.
const key = "feffe9928665731c6d6a8f9467308308".repeat(2);
const nonce = "cafebabefacedbaddecaf888";
const plaintext =
  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255";
const ciphertext =
  "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad";
describe("the GCM specification's test case", () => {
  test.each([
    ["13", "00".repeat(32), "00".repeat(12), "", "", "", "530f8afbc74536b9a963b4f1c4cb738b"],
    ["14", "00".repeat(32), "00".repeat(12), "", "00".repeat(16), "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"],
    ["15", key, nonce, "", plaintext, ciphertext, "b094dac5d93471bdec1a502270e3cc6c"],
    [
      "16",
      key,
      nonce,
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      plaintext.slice(0, 120),
      ciphertext.slice(0, 120),
      "76fc6ece0f4e1768cddf8853bb2d551b",
    ],
  ])("%s", (_, key, nonce, associated, plaintext, ciphertext, tag) => {
    const sealed = hex(ciphertext + tag);
    expect(gcm.bytes("seal", [key, nonce, associated, plaintext].map(hex)).toString("hex")).toBe(sealed.toString("hex"));
    expect(gcm.call("open", [hex(key), hex(nonce), hex(associated), sealed])).toBe(1);
    expect(gcm.output.toString("hex")).toBe(plaintext);
  });
});

describe("what Node seals", () => {
  test("for every length of text from 0 to 100 and of associated data around blocks", () => {
    const random = new Random(printedSeed("lengths"));
    for (let length = 0; length <= 100; length++) {
      for (const associatedLength of [0, 1, 15, 16, 17, 33]) {
        const inputs = [random.bytes(32), random.bytes(12), random.bytes(associatedLength), random.bytes(length)] as const;
        const sealed = nodes(...inputs);
        expect(gcm.bytes("seal", [...inputs]).toString("hex"), `${length}, ${associatedLength}`).toBe(sealed.toString("hex"));
        expect(gcm.bytes("open", [...inputs.slice(0, 3), sealed]).toString("hex")).toBe(Buffer.from(inputs[3]).toString("hex"));
      }
    }
  });

  test("at random", () => {
    const random = new Random(printedSeed("messages"));
    for (let i = caseCount(2000); i > 0; i--) {
      const inputs = [random.bytes(32), random.bytes(12), random.bytes(random.below(80)), random.bytes(random.below(600))] as const;
      const sealed = nodes(...inputs);
      expect(gcm.bytes("seal", [...inputs]).equals(sealed)).toBe(true);
      expect(gcm.call("open", [...inputs.slice(0, 3), sealed])).toBe(1);
      expect(gcm.output.equals(inputs[3])).toBe(true);
    }
  });

  test("with bits all set or none, where carries go furthest", () => {
    for (const byte of [0x00, 0xff, 0x80, 0x01, 0xaa, 0x11]) {
      const inputs = [32, 12, 64, 64].map((length) => new Uint8Array(length).fill(byte)) as [Buffer, Buffer, Buffer, Buffer];
      expect(gcm.bytes("seal", inputs).toString("hex")).toBe(nodes(...inputs).toString("hex"));
    }
  });

  test("a megabyte", () => {
    const random = new Random(printedSeed("large"));
    const inputs = [random.bytes(32), random.bytes(12), random.bytes(5), random.bytes((1 << 20) + 7)] as const;
    expect(gcm.bytes("seal", [...inputs]).equals(nodes(...inputs))).toBe(true);
  });
});

describe("what isn't authentic is refused, and nothing is given out", () => {
  const inputs = [hex(key), hex(nonce), hex("feedface"), hex(plaintext.slice(0, 70))] as const;
  const sealed = nodes(...inputs);
  const refused = (key: Uint8Array, nonce: Uint8Array, associated: Uint8Array, sealed: Uint8Array): void => {
    expect(gcm.call("open", [key, nonce, associated, sealed])).toBe(0);
    expect(gcm.output.length).toBe(0);
  };

  test.each(["key", "nonce", "associated data", "ciphertext and tag"])("each bit of the %s", (part) => {
    const whole = [inputs[0], inputs[1], inputs[2], sealed];
    const at = ["key", "nonce", "associated data", "ciphertext and tag"].indexOf(part);
    for (let bit = 0; bit < whole[at]!.length * 8; bit++) {
      const changed = Buffer.from(whole[at]!);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      const [first, second, third, fourth] = whole.map((bytes, index) => (index === at ? changed : bytes));
      refused(first!, second!, third!, fourth!);
    }
  });

  test("cut anywhere, or longer", () => {
    for (let length = 0; length < sealed.length; length++) refused(inputs[0], inputs[1], inputs[2], sealed.subarray(0, length));
    refused(inputs[0], inputs[1], inputs[2], Buffer.concat([sealed, Buffer.alloc(1)]));
    refused(inputs[0], inputs[1], Buffer.alloc(0), sealed);
  });

  test("bytes of the associated data moved to the ciphertext, or the other way", () => {
    refused(inputs[0], inputs[1], inputs[2].subarray(0, 3), Buffer.concat([inputs[2].subarray(3), sealed]));
    refused(inputs[0], inputs[1], Buffer.concat([inputs[2], sealed.subarray(0, 16)]), sealed.subarray(16));
  });

  test("keys and nonces of other lengths", () => {
    for (const length of [0, 1, 16, 24, 31, 33, 64])
      for (const call of ["seal", "open"]) expect(gcm.call(call, [Buffer.alloc(length), inputs[1], inputs[2], sealed])).toBe(-1);
    for (const length of [0, 1, 8, 11, 13, 16])
      for (const call of ["seal", "open"]) {
        expect(gcm.call(call, [inputs[0], Buffer.alloc(length), inputs[2], sealed])).toBe(0);
        expect(gcm.output.length).toBe(0);
      }
  });

  test("anything else at random, without a trap", () => {
    const random = new Random(printedSeed("anything"));
    for (let i = caseCount(2000); i > 0; i--) {
      const parts = [random.bytes(32), random.bytes(12), random.bytes(random.below(40)), random.bytes(random.below(100))] as const;
      refused(...parts);
    }
  });
});
