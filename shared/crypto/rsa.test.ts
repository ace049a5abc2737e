import { type KeyObject, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { type Assembly, assembly } from "../../test/assembly/compile.ts";
import { Random, caseCount, printedSeed } from "../../test/assembly/random.ts";

let crypto: Assembly;
let key: KeyObject;
beforeAll(async () => {
  crypto = await assembly(new URL("./crypto.testing.ts", import.meta.url));
  key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
}, 60_000);

const pemOf = (of: KeyObject, type: "pkcs1" | "pkcs8" = "pkcs8") => of.export({ type, format: "pem" }) as string;
const derOf = (of: KeyObject, type: "pkcs1" | "pkcs8" = "pkcs8") => of.export({ type, format: "der" });
const asPem = (der: Uint8Array, label = "PRIVATE KEY") =>
  `-----BEGIN ${label}-----\n${Buffer.from(der).toString("base64")}\n-----END ${label}-----\n`;

/** What the module makes of a key and a message: a signature, or why it has none. */
function signed(pem: string | Uint8Array, message: string | Uint8Array = "message"): Buffer | string {
  const result = crypto.call("signRsa", [pem, message]);
  if (result === -1) return "cannot sign";
  return result === 1 ? crypto.output : crypto.output.toString();
}

describe("RS256", () => {
  test.each([2048, 2049, 3072, 4096])("signs as Node does, with a key of %i bits", (bits) => {
    const random = new Random(printedSeed("messages"));
    for (let i = 0; i < 2; i++) {
      const made = generateKeyPairSync("rsa", { modulusLength: bits }).privateKey;
      for (const message of [new Uint8Array(), random.bytes(random.below(300))])
        expect(signed(pemOf(made), message)).toEqual(sign("sha256", message, made));
    }
  });

  test.each([3, 17, 4_294_967_295])("signs with a public exponent of %i", (publicExponent) => {
    const made = generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent }).privateKey;
    expect(signed(pemOf(made))).toEqual(sign("sha256", Buffer.from("message"), made));
  });

  test("signs many messages with one key as Node does", () => {
    const random = new Random(printedSeed("many messages"));
    for (let i = caseCount(100); i > 0; i--) {
      const message = random.bytes(random.below(100));
      expect(signed(pemOf(key), message)).toEqual(sign("sha256", message, key));
    }
  });

  test("makes tokens that Node verifies", () => {
    const header = '{"alg":"RS256","typ":"JWT"}';
    const claims = '{"iss":"a@b.iam.gserviceaccount.com","exp":1700000000}';
    const token = crypto.text("token", [pemOf(key), header, claims]);
    const [first, second, third] = token.split(".");
    expect([first, second].map((part) => Buffer.from(part!, "base64url").toString())).toEqual([header, claims]);
    expect(verify("sha256", Buffer.from(`${first}.${second}`), createPublicKey(key), Buffer.from(third!, "base64url"))).toBe(true);
  });
});

describe("a private key is read", () => {
  test.each<[string, () => string]>([
    ["as PKCS#8", () => pemOf(key)],
    ["as PKCS#1", () => pemOf(key, "pkcs1")],
    ["with CR LF", () => pemOf(key).replaceAll("\n", "\r\n")],
    ["with line breaks written as \\n", () => pemOf(key).replaceAll("\n", "\\n")],
    ["in one line", () => asPem(derOf(key))],
    ["with text around it", () => `Bag Attributes\n  name: x\n${pemOf(key)}\nmore`],
  ])("%s", (_how, pem) => {
    expect(signed(pem())).toEqual(sign("sha256", Buffer.from("message"), key));
  });

  const withNumber = (change: (jwk: Record<string, string>) => void) => {
    const jwk = key.export({ format: "jwk" }) as Record<string, string>;
    change(jwk);
    return asPem(
      rsaDer(["n", "e", "d", "p", "q", "dp", "dq", "qi"].map((name) => Buffer.from(jwk[name]!, "base64url"))),
      "RSA PRIVATE KEY",
    );
  };

  test.each<[string, () => string, string]>([
    ["nothing", () => "", "is not in PEM: no line `-----BEGIN PRIVATE KEY-----`"],
    ["a first line alone", () => "-----BEGIN PRIVATE KEY", "is not in PEM: its first line is not closed by `-----`"],
    [
      "a public key",
      () => createPublicKey(key).export({ type: "spki", format: "pem" }) as string,
      "holds another kind of object than an RSA private key (`PRIVATE KEY` or `RSA PRIVATE KEY`)",
    ],
    ["a key without its end", () => pemOf(key).slice(0, 800), "is cut off: no line `-----END`"],
    ["what is not base64", () => pemOf(key).replace("MII", "M?I"), "is not base64 between its first and last line"],
    [
      "an encrypted PKCS#8 key",
      () => key.export({ type: "pkcs8", format: "pem", cipher: "aes-128-cbc", passphrase: "p" }) as string,
      "is encrypted: give it without a passphrase",
    ],
    [
      "an encrypted PKCS#1 key",
      () => key.export({ type: "pkcs1", format: "pem", cipher: "aes-128-cbc", passphrase: "p" }) as string,
      "is encrypted: give it without a passphrase",
    ],
    ["a key of a curve", () => pemOf(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey), "is no RSA key, which RS256 needs"],
    ["an Ed25519 key", () => pemOf(generateKeyPairSync("ed25519").privateKey), "is no RSA key, which RS256 needs"],
    ["a PKCS#1 key called PKCS#8", () => asPem(derOf(key, "pkcs1")), "is no PKCS#8 key: its DER is malformed"],
    ["a PKCS#8 key called PKCS#1", () => asPem(derOf(key), "RSA PRIVATE KEY"), "is no RSA key: its DER is malformed"],
    [
      "a short key",
      () => pemOf(generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey),
      "has 1024 bits: RS256 needs at least 2048, and more than 8192 are not supported",
    ],
    ["a prime of another key", () => withNumber((jwk) => (jwk["p"] = jwk["q"]!)), "is damaged: its numbers don't belong together"],
    ["a wrong exponent", () => withNumber((jwk) => (jwk["dp"] = jwk["dq"]!)), "is damaged: its numbers don't belong together"],
    ["an even modulus", () => withNumber((jwk) => (jwk["n"] = spoilt(jwk["n"]!))), "is damaged: its numbers don't belong together"],
    ["no public exponent", () => withNumber((jwk) => (jwk["e"] = "")), "is damaged: its numbers don't belong together"],
  ])("not from %s", (_what, pem, problem) => {
    expect(signed(pem())).toBe(problem);
  });

  test("never a wrong signature, and no trap, from a spoilt key", () => {
    const random = new Random(printedSeed("spoilt keys"));
    const right = sign("sha256", Buffer.from("message"), key);
    for (let i = caseCount(300); i > 0; i--) {
      const pkcs1 = random.once(2);
      const der = Buffer.from(derOf(key, pkcs1 ? "pkcs1" : "pkcs8"));
      // The headers of the values are where a reader goes wrong; the numbers themselves are most of the bytes.
      const near = random.once(2) ? random.below(40) : random.below(der.length);
      for (let faults = 1 + random.below(2); faults > 0; faults--) der[near] = random.below(256);
      const cut = random.once(4) ? der.subarray(0, random.below(der.length)) : der;
      const result = signed(asPem(cut, pkcs1 ? "RSA PRIVATE KEY" : "PRIVATE KEY"));
      if (typeof result !== "string") expect(result).toEqual(right);
      else expect(result).toMatch(/^(is|has|holds) /);
    }
  });

  test("not from any other DER, and without a trap", () => {
    const random = new Random(printedSeed("other DER"));
    for (let i = caseCount(2000); i > 0; i--)
      expect(typeof signed(asPem(otherDer(random, 3), random.pick(["PRIVATE KEY", "RSA PRIVATE KEY"])))).toBe("string");
  });
});

test("Node takes the keys that this test makes", () => {
  const jwk = key.export({ format: "jwk" }) as Record<string, string>;
  const numbers = ["n", "e", "d", "p", "q", "dp", "dq", "qi"].map((name) => Buffer.from(jwk[name]!, "base64url"));
  expect(createPrivateKey(asPem(rsaDer(numbers), "RSA PRIVATE KEY")).equals(key)).toBe(true);
});

function spoilt(number: string): string {
  const bytes = Buffer.from(number, "base64url");
  bytes[bytes.length - 1]! ^= 1;
  return bytes.toString("base64url");
}

function value(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const header = length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), content]);
}

/** An RSAPrivateKey of numbers, each written with a zero in front. */
function rsaDer(numbers: Uint8Array[]): Buffer {
  const integers = [new Uint8Array(), ...numbers].map((number) => value(0x02, Buffer.concat([Buffer.of(0), number])));
  return value(0x30, Buffer.concat(integers));
}

/** Nested values with lengths that are right, wrong, or of a form that DER doesn't have. */
function otherDer(random: Random, depth: number): Buffer {
  const parts = Array.from({ length: random.below(11) }, () => {
    const tag = random.pick([0x02, 0x02, 0x02, 0x04, 0x05, 0x06, 0x30, 0x30, random.below(256)]);
    const content =
      depth > 0 && (tag === 0x30 || tag === 0x04)
        ? otherDer(random, depth - 1)
        : Buffer.from(random.bytes(random.below(random.once(4) ? 300 : 20)));
    const made = value(tag, content);
    if (random.once(8)) made[1] = random.pick([0x80, 0x81, 0x82, 0x83, 0x84, 0xff, 0x7f, 0]);
    return made;
  });
  return depth === 3 ? value(0x30, Buffer.concat(parts)) : Buffer.concat(parts);
}
