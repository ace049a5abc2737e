import { createHash, createHmac } from "node:crypto";
import { crc32 } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { type Assembly, assembly } from "../../test/assembly/compile.ts";
import { Random, caseCount, printedSeed } from "../../test/assembly/random.ts";

let crypto: Assembly;
beforeAll(async () => {
  crypto = await assembly(new URL("./crypto.testing.ts", import.meta.url));
}, 60_000);

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const numbered = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 131 + 7) & 0xff);

describe("SHA-256", () => {
  // https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values
  test.each([
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    ["abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"],
    [
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1",
    ],
  ])("of %j is NIST's", (message, digest) => {
    expect(crypto.bytes("digest", message).toString("hex")).toBe(digest);
  });

  test("of a million times a is NIST's", () => {
    expect(crypto.bytes("digestRepeated", "a".repeat(1000), 1000).toString("hex")).toBe(
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
    );
  });

  test("counts its bits beyond 32 of them", () => {
    const chunk = new Uint8Array(1 << 20);
    const hash = createHash("sha256");
    for (let i = 0; i < 520; i++) hash.update(chunk);
    expect(crypto.bytes("digestRepeated", chunk, 520).toString("hex")).toBe(hash.digest("hex"));
  });

  test("is Node's for every length from 0 to 300, in pieces of every size, and begins anew", () => {
    for (let length = 0; length <= 300; length++) {
      const message = numbered(length);
      const twice = sha256(message).repeat(2);
      for (const size of [1, 3, 55, 56, 63, 64, 65, 127, 128, 129, 1000])
        expect(crypto.bytes("digestInPieces", message, size).toString("hex"), `${length} in pieces of ${size}`).toBe(twice);
    }
  });

  test.each([1 << 20, (3 << 20) + 17])("is Node's for %i random bytes", (length) => {
    const message = new Random(printedSeed("large")).bytes(length);
    expect(crypto.bytes("digest", message).toString("hex")).toBe(sha256(message));
  });
});

describe("HMAC-SHA256", () => {
  const hex = (text: string) => Buffer.from(text, "hex");
  // https://www.rfc-editor.org/rfc/rfc4231#section-4: cases 1 to 4, 6 and 7.
  test.each([
    [hex("0b".repeat(20)), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
    ["Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"],
    [hex("aa".repeat(20)), hex("dd".repeat(50)), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"],
    [
      hex("0102030405060708090a0b0c0d0e0f10111213141516171819"),
      hex("cd".repeat(50)),
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    ],
    [
      hex("aa".repeat(131)),
      "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ],
    [
      hex("aa".repeat(131)),
      "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    ],
  ])("is RFC 4231's", (key, message, code) => {
    expect(crypto.bytes("hmac", [key, message]).toString("hex")).toBe(code.repeat(3));
  });

  test("is Node's", () => {
    const random = new Random(printedSeed("keys and messages"));
    for (let i = caseCount(1000); i > 0; i--) {
      const [key, message] = [random.bytes(random.below(150)), random.bytes(random.below(300))];
      const expected = createHmac("sha256", key).update(message).digest("hex");
      expect(crypto.bytes("hmac", [key, message]).toString("hex")).toBe(expected.repeat(3));
    }
  });
});

describe("CRC-32", () => {
  test("of 123456789 is the catalogue's", () => {
    expect(crypto.call("checksum", "123456789", 4) >>> 0).toBe(0xcbf43926);
  });

  test("is zlib's, whole and chained", () => {
    for (let length = 0; length <= 300; length++) {
      const bytes = numbered(length);
      expect(crypto.call("checksum", bytes, length >> 1) >>> 0).toBe(crc32(bytes));
      expect(crypto.call("checksum", bytes, length % 7) >>> 0).toBe(crc32(bytes));
    }
  });
});

test("hexadecimal digits are Node's", () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  expect(crypto.text("hexOf", all)).toBe(Buffer.from(all).toString("hex"));
});

describe("dates", () => {
  const shown = (iso: string) => BigInt(Date.parse(iso) / 1000);

  test.each(["1970-01-01", "2000-02-29", "2000-03-01", "2015-08-30", "2024-02-29", "2024-12-31", "2026-01-01", "2100-02-28", "2100-03-01"])(
    "%s",
    (day) => {
      expect(crypto.text("date", [], shown(`${day}T00:00:00Z`))).toBe(day);
      expect(crypto.text("date", [], shown(`${day}T23:59:59Z`))).toBe(day);
    },
  );

  test("are Node's", () => {
    const random = new Random(printedSeed("dates"));
    for (let i = caseCount(2000); i > 0; i--) {
      const seconds = random.below(8_000_000_000);
      const expected = new Date(seconds * 1000).toISOString().replace(/[-:]|\.000/g, "");
      expect(crypto.text("basicTime", [], BigInt(seconds))).toBe(expected);
    }
  });
});
