/** Spoilt forms, lists, key files and sealed keys against their readers: none traps, and what they make of them is what it should be. `CASES` and `SEED` as everywhere. */
import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { Sealer, newMasterKey } from "../../cli/secrets/seal.ts";
import { assembly } from "../assembly/compile.ts";
import { caseCount, printedSeed, Random } from "../assembly/random.ts";
import { mutate } from "./mutate.ts";

const readers = await assembly(new URL("../../plugins/ai-proxy/readers.testing.ts", import.meta.url));
const CASES = caseCount(5_000);

const BOUNDARY = "form-boundary-7";
const FORM = [
  ["model", "", "whisper-1"],
  ["file", '; filename="a b.wav"\r\ncontent-type: audio/wav', "RIFF\u0000\r\n--form-boundary\r\nWAVE"],
  ["timestamp_granularities[]", "", "word"],
  ["prompt", "", ""],
]
  .map(([name, more, value]) => `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`)
  .join("")
  .concat(`--${BOUNDARY}--\r\n`);

test("of a spoilt form each part stands in the body, in order, and nothing follows an error", () => {
  const random = new Random(printedSeed("forms"));
  const type = Buffer.from(`multipart/form-data; boundary=${BOUNDARY}`);
  let whole = 0;
  for (let i = 0; i < CASES; i++) {
    const body = mutate(Buffer.from(FORM), random, type);
    const told = readers.text("form", [body, random.once(8) ? mutate(type, random, body) : type]);
    const lines = told.split("\n").slice(0, -1);
    expect(lines, body.toString()).not.toContain("goes on");
    const parts = lines.filter((line) => !line.startsWith("error: "));
    expect(lines.length - parts.length, told).toBeLessThanOrEqual(1);
    let end = 0;
    for (const part of parts) {
      const [nameAt, nameLength, valueAt, valueLength] = part.split(/[+ ]/).map(Number) as [number, number, number, number];
      expect(nameAt, told).toBeGreaterThanOrEqual(end);
      expect(valueAt, told).toBeGreaterThanOrEqual(nameAt + nameLength);
      end = valueAt + valueLength;
      // The line end and the delimiter follow.
      expect(body.subarray(end, end + 4).toString("latin1"), told).toBe("\r\n--");
    }
    if (parts.length === lines.length) whole++;
  }
  expect(whole).toBeGreaterThan(0);
  expect(whole).toBeLessThan(CASES);
});

const element = (id: string, more: object = {}): object => ({ id, object: "batch", status: "completed", ...more });
const LIST = JSON.stringify({
  object: "list",
  data: [
    element("mine-1", { output_file_id: "file-7", metadata: { topic: "é\u2028" } }),
    element("theirs-1", { input_file_id: "file-8" }),
    element("mine-2"),
    element("mine-3"),
    element("theirs-2"),
  ],
  first_id: "mine-1",
  last_id: "theirs-2",
  has_more: true,
});

test("of a spoilt list the client gets its own elements as they came, up to the limit, or a failure", () => {
  const random = new Random(printedSeed("lists"));
  const strange = Buffer.from(JSON.stringify(element("theirs-3")));
  let filtered = 0;
  for (let i = 0; i < CASES; i++) {
    const body = mutate(Buffer.from(LIST), random, strange);
    const limit = random.below(4);
    const told = readers.text("list", [body], limit);
    if (told === "failure") continue;
    const found = JSON.parse(told) as { data: Record<string, unknown>[]; first_id: unknown; last_id: unknown; has_more: unknown };
    expect(Object.keys(found), told).toEqual(["object", "data", "first_id", "last_id", "has_more"]);
    expect(found.data.length, told).toBeLessThanOrEqual(limit);
    expect(
      found.data.every(({ id }) => typeof id === "string" && id.startsWith("mine-")),
      told,
    ).toBe(true);
    expect([found.first_id, found.last_id], told).toEqual([found.data[0]?.["id"] ?? null, found.data.at(-1)?.["id"] ?? null]);
    // What isn't JSON is no list.
    expect(() => JSON.parse(body.toString()) as unknown, told).not.toThrow();
    if (found.data.length > 0) filtered++;
  }
  expect(filtered).toBeGreaterThan(CASES / 20);
});

const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const ACCOUNT = JSON.stringify(
  {
    type: "service_account",
    project_id: "project-1",
    private_key_id: "key-1",
    private_key: key,
    client_email: "gateway@project-1.iam.gserviceaccount.com",
    token_uri: "https://oauth2.googleapis.com/token",
  },
  null,
  2,
);

test("a spoilt key file is read or refused in words, which have nothing of the key", () => {
  const random = new Random(printedSeed("key files"));
  const lines = key.split("\n").filter((line) => /^[A-Za-z0-9+/=]{16,}$/.test(line));
  const strange = Buffer.from(JSON.stringify({ private_key: key.replace(lines[1]!, lines[2]!) }));
  let read = 0;
  // A key is checked by arithmetic with numbers of 2048 bits, which takes its time.
  const cases = Math.ceil(CASES / 8);
  for (let i = 0; i < cases; i++) {
    const file = mutate(Buffer.from(ACCOUNT), random, strange);
    const canSign = readers.call("account", [file]) === 1;
    const problem = readers.output.toString();
    expect(problem === "", file.toString()).toBe(canSign);
    if (canSign) {
      expect(() => JSON.parse(file.toString()) as unknown, file.toString()).not.toThrow();
      read++;
    } else expect(lines.some((line) => problem.includes(line.slice(0, 16)))).toBe(false);
  }
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(cases);
});

test("a spoilt sealed key, owner or master key gives the secret, or one line without it", async () => {
  const opener = await assembly(new URL("../../shared/secrets/secrets.testing.ts", import.meta.url));
  const random = new Random(printedSeed("sealed keys"));
  const master = Buffer.from(newMasterKey());
  const owner = Buffer.from("provider openai");
  const sealed = Buffer.from(Sealer.of(master.toString())!.seal("sk-never-shown-0123", owner.toString()));
  const bytes = Buffer.from(sealed.toString().slice(7), "base64");
  const counts = [0, 0];
  for (let i = 0; i < CASES; i++) {
    const value = random.once(2)
      ? Buffer.from(`sealed:${Buffer.from(mutate(bytes, random, sealed)).toString("base64")}`)
      : Buffer.concat([sealed.subarray(0, 7), mutate(sealed.subarray(7), random, bytes)]);
    const inputs = [
      random.once(4) ? sealed : value,
      random.once(8) ? Buffer.from("provider other") : owner,
      random.once(8) ? mutate(master, random, sealed) : master,
    ];
    const result = opener.call("open", inputs as Buffer[], 1);
    const said = opener.output.toString();
    counts[result]!++;
    if (result === 1) expect(said).toBe("sk-never-shown-0123");
    else expect(said).toMatch(/^found (?!.*never-shown)[^\n]+$/);
  }
  expect(Math.min(...counts)).toBeGreaterThan(0);
});
