import { beforeAll, describe, expect, test } from "vitest";
import { type Assembly, assembly } from "../../test/assembly/compile.ts";
import { Random, caseCount, printedSeed } from "../../test/assembly/random.ts";

let multipart: Assembly;
beforeAll(async () => {
  multipart = await assembly(new URL("./multipart.testing.ts", import.meta.url));
}, 60_000);

const TYPE = "multipart/form-data; boundary=b";
const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");

function read(body: string | Uint8Array, type = TYPE): string[] {
  return multipart
    .bytes("parts", [typeof body === "string" ? bytes(body) : body, bytes(type)])
    .toString("latin1")
    .split("\n")
    .slice(0, -1);
}

const field = (name: string, value: string): string => `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

describe("a form", () => {
  test("hands out its parts, whatever their bytes", () => {
    const value = "\0\r\n--\r\n-b\n-\xff--b ";
    expect(read(field("model", "gpt") + field("empty", "") + field("odd", value) + "--b--\r\n")).toEqual([
      `model field 53+3`,
      `empty field 111+0`,
      expect.stringMatching(new RegExp(`^odd field \\d+\\+${value.length}$`)),
    ]);
  });

  test.each([
    ["quoted", 'Multipart/Form-Data; charset=utf-8; boundary="b"'],
    ["not quoted", "multipart/form-data;boundary=b"],
  ])("has a boundary, %s", (_, type) => {
    expect(read(`${field("a", "1")}--b--`, type)).toHaveLength(1);
  });

  test("may begin with a line end, and have files and headers of their own", () => {
    const part =
      '--b\r\nX-Other: 1\r\nCONTENT-DISPOSITION:  form-data; filename="a b.txt"; name=file\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nx\r\n';
    expect(read(`\r\n${part}--b--`)).toEqual([expect.stringMatching(/^file file \d+\+1$/)]);
  });
});

describe("what two readers may take differently is no form:", () => {
  const disposition = (text: string): string => `--b\r\ncontent-disposition: ${text}\r\n\r\nx\r\n--b--`;
  test.each<[what: string, body: string, type?: string]>([
    ["nothing", ""],
    ["no boundary", field("a", "1"), "multipart/form-data"],
    ["two boundaries", field("a", "1"), "multipart/form-data; boundary=b; boundary=c"],
    ["a boundary in another form", field("a", "1"), "multipart/form-data; boundary*=utf-8''b"],
    ["a long boundary", field("a", "1"), `multipart/form-data; boundary=${"b".repeat(71)}`],
    ["text in front", `x\r\n${field("a", "1")}--b--`],
    ["text behind", `${field("a", "1")}--b--\r\n${field("model", "2")}`],
    ["no end", field("a", "1")],
    ["a cut delimiter", `${field("a", "1")}--b-`],
    ["line feeds alone", field("a", "1").replaceAll("\r\n", "\n") + "--b--"],
    [
      "a boundary behind a line feed",
      `--b\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\n--b\r\ncontent-disposition: form-data; name="model"\r\n\r\n2\r\n--b--`,
    ],
    ["a boundary that goes on", `${field("a", "1\r\n--bc")}--b--`],
    ["a boundary in place of the content", `--b\r\ncontent-disposition: form-data; name="a"\r\n\r\n--b--`],
    ["a folded header", '--b\r\ncontent-disposition: form-data;\r\n name="a"\r\n\r\nx\r\n--b--'],
    ["two dispositions", '--b\r\ncontent-disposition: form-data; name="a"\r\ncontent-disposition: form-data; name="b"\r\n\r\nx\r\n--b--'],
    ["no disposition", "--b\r\ncontent-type: text/plain\r\n\r\nx\r\n--b--"],
    ["no headers", "--b\r\n\r\nx\r\n--b--"],
    ["two names", disposition('form-data; name="a"; name="b"')],
    ["no name", disposition("form-data")],
    ["a name with an escape", disposition('form-data; name="a\\"b"')],
    ["a file name with an escape", disposition('form-data; filename="\\"; name=\\"model"; name="a"')],
    ["a second form of the name", disposition("form-data; name=a; name*=utf-8''b")],
    ["a percent sign in a name", disposition('form-data; name="mod%65l"')],
    ["a quote that doesn't end", disposition('form-data; name="a')],
    ["another disposition", disposition('attachment; name="a"')],
    ["a transfer encoding", '--b\r\ncontent-disposition: form-data; name="a"\r\ncontent-transfer-encoding: base64\r\n\r\neA==\r\n--b--'],
    [
      "another character set",
      '--b\r\ncontent-disposition: form-data; name="a"\r\ncontent-type: text/plain; charset=utf-16\r\n\r\nx\r\n--b--',
    ],
    ["a header that is none", '--b\r\ncontent-disposition : form-data; name="a"\r\n\r\nx\r\n--b--'],
    ["a long header", `--b\r\nx: ${"y".repeat(9000)}\r\ncontent-disposition: form-data; name="a"\r\n\r\nx\r\n--b--`],
    ["1001 parts", `${field("a", "").repeat(1001)}--b--`],
  ])("%s", (_, body, type) => {
    expect(read(body, type).at(-1)).toMatch(/^error: \w/);
  });
});

test("a spoilt form is read as what it is, or refused; nothing traps", () => {
  const random = new Random(printedSeed("spoilt forms"));
  const whole = bytes(`${field("model", "gpt-4o")}${field("file", "\0\r\n--x")}--b--\r\n`);
  for (let i = 0; i < caseCount(20_000); i++) {
    const body = Uint8Array.from(whole);
    for (let n = random.below(4); n >= 0; n--) body[random.below(body.length)] = '\r\n-b;="\\ \0a'[random.below(11)]!.charCodeAt(0);
    const lines = read(body.slice(random.below(3), body.length - random.below(3)));
    expect(lines).not.toContain("goes on");
    for (const line of lines) expect(line).toMatch(/^error: \w|^.* (file|field) \d+\+\d+$/s);
  }
});
