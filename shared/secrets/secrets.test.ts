import { beforeAll, describe, expect, test } from "vitest";
import { Sealer, newMasterKey, ownerOf } from "../../cli/secrets/seal.ts";
import { type Assembly, assembly } from "../../test/assembly/compile.ts";
import { Random, caseCount, printedSeed } from "../../test/assembly/random.ts";

let module: Assembly;
beforeAll(async () => {
  module = await assembly(new URL("./secrets.testing.ts", import.meta.url));
}, 60_000);

const master = newMasterKey();
const sealer = Sealer.of(master)!;
const owner = ownerOf.provider("openai");
const secret = "sk-provider-0123456789";
const sealed = sealer.seal(secret, owner);

function open(value: string, whose: string = owner, key: string | null = master): string {
  const result = module.call("open", [value, whose, key ?? ""], key === null ? 0 : 1);
  return `${result} ${module.output.toString()}`;
}

test("what the CLI seals is opened, of any length and script", () => {
  const random = new Random(printedSeed("secrets"));
  for (const text of [secret, "a", "ключ 钥匙", "x".repeat(5000), '{"private_key": "-----BEGIN"}']) {
    expect(open(sealer.seal(text, owner))).toBe(`1 ${text}`);
    expect(sealer.problemOf(sealer.seal(text, owner), owner)).toBeNull();
  }
  for (let i = caseCount(300); i > 0; i--) {
    const key = newMasterKey();
    const text = Buffer.from(random.bytes(1 + random.below(100))).toString("hex");
    const whose = ownerOf.provider(String(random.below(1000)));
    expect(open(Sealer.of(key)!.seal(text, whose), whose, key)).toBe(`1 ${text}`);
  }
});

test("the master key may have the alphabet of URLs, and no padding", () => {
  for (const key of [master.replaceAll("+", "-").replaceAll("/", "_"), master.slice(0, -1)]) {
    expect(open(sealed, owner, key)).toBe(`1 ${secret}`);
    expect(Sealer.of(key)!.seal(secret, owner)).toBe(sealed);
  }
});

test("the same secret of the same owner is sealed the same; another, or somebody else's, with another nonce", () => {
  const nonce = (text: string): string => Buffer.from(text.slice(7), "base64").subarray(5, 17).toString("hex");
  expect(sealer.seal(secret, owner)).toBe(sealed);
  const others = [sealer.seal(`${secret}x`, owner), sealer.seal(secret, "provider open"), sealer.seal(`ai${secret}`, "provider open")];
  expect(new Set([sealed, ...others].map(nonce)).size).toBe(4);
});

describe("is refused, and the secret isn't in what is said:", () => {
  const other = newMasterKey();
  const bytes = Buffer.from(sealed.slice(7), "base64");
  const again = (change: (copy: Buffer) => Buffer | void): string => {
    const copy = Buffer.from(bytes);
    return `sealed:${(change(copy) ?? copy).toString("base64")}`;
  };
  test.each<[string, () => string, RegExp]>([
    ["no master key", () => open(sealed, owner, null), /SLUICE_MASTER_KEY is not set/],
    ["an empty master key", () => open(sealed, owner, ""), /SLUICE_MASTER_KEY is not set/],
    ["a master key of 31 bytes", () => open(sealed, owner, Buffer.alloc(31).toString("base64")), /isn't 32 bytes in base64/],
    ["a master key that isn't base64", () => open(sealed, owner, "§".repeat(22)), /isn't 32 bytes in base64/],
    ["another master key", () => open(sealed, owner, other), /another master key/],
    ["another owner", () => open(sealed, ownerOf.provider("claude")), /sealed for somebody else than provider claude/],
    ["nothing", () => open("sealed:"), /cut or isn't base64/],
    ["other letters", () => open(`${sealed.slice(0, 30)}%${sealed.slice(31)}`), /cut or isn't base64/],
    ["version 2", () => open(again((copy) => void (copy[0] = 2))), /version 2, expected version 1/],
    ["an empty secret", () => open(sealer.seal("", owner)), /nothing in it/],
  ])("%s", (_, opened, problem) => {
    const said = opened();
    expect(said).toMatch(/^0 found [^\n]+$/);
    expect(said).toMatch(problem);
    expect(said).not.toContain(secret);
  });

  test("every cut and every changed byte", () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(open(again((copy) => copy.subarray(0, length)))).toMatch(/^0 found a (sealed )?value/);
      expect(open(again((copy) => void (copy[length]! ^= 1 << (length & 7))))).toMatch(/^0 found a (sealed )?value/);
    }
    for (let length = 7; length < sealed.length; length++) open(sealed.slice(0, length));
  });

  test("by the CLI, too", () => {
    expect(sealer.problemOf(sealed, ownerOf.provider("claude"))).toMatch(/somebody else than provider claude/);
    expect(Sealer.of(other)!.problemOf(sealed, owner)).toMatch(/another master key/);
    expect(
      sealer.problemOf(
        again((copy) => void (copy[20]! ^= 1)),
        owner,
      ),
    ).toMatch(/was changed/);
    for (const text of ["", "abc", "§".repeat(44), Buffer.alloc(31).toString("base64"), Buffer.alloc(33).toString("base64")])
      expect(Sealer.of(text)).toBeNull();
  });
});

test("what isn't sealed is left to others", () => {
  for (const text of ["sk-plain", "env:NAME", "", "sealed", "Sealed:AAAA"]) expect(open(text)).toBe("-1 ");
});
