import { createHash, createHmac } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { type Assembly, assembly } from "../../test/assembly/compile.ts";

let crypto: Assembly;
beforeAll(async () => {
  crypto = await assembly(new URL("./crypto.testing.ts", import.meta.url));
}, 60_000);

type Header = [name: string, value: string];

const HOST: Header = ["Host", "example.amazonaws.com"];
const AT = BigInt(Date.UTC(2015, 7, 30, 12, 36) / 1000);
const LETTERS = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

describe("AWS Signature Version 4", () => {
  const authorization = (method: string, target: string, headers: Header[], body = "", token = "", service = "service") =>
    crypto.text(
      "sigV4",
      [
        ...["AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token, "us-east-1", service, method, target, body],
        ...headers.flat(),
      ],
      AT,
      headers.length,
    );

  // AWS's test suite: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, "signature-v4-test-suite".
  test.each<[name: string, method: string, target: string, headers: Header[], signature: string]>([
    ["get-vanilla", "GET", "/", [], "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
    ["post-vanilla", "POST", "/", [], "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"],
    [
      "get-header-key-duplicate",
      "GET",
      "/",
      [
        ["My-Header1", "value2"],
        ["My-Header1", "value2"],
        ["My-Header1", "value1"],
      ],
      "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
    ],
    [
      "get-header-value-order",
      "GET",
      "/",
      [
        ["My-Header1", "value4"],
        ["My-Header1", "value1"],
        ["My-Header1", "value3"],
        ["My-Header1", "value2"],
      ],
      "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01",
    ],
    [
      "get-header-value-trim",
      "GET",
      "/",
      [
        ["My-Header2", ' "a   b   c"'],
        ["My-Header1", " value1"],
      ],
      "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
    ],
    ["post-header-key-sort", "POST", "/", [["My-Header1", "value1"]], "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"],
    ["post-header-value-case", "POST", "/", [["My-Header1", "VALUE1"]], "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"],
    ["get-unreserved", "GET", `/${LETTERS}`, [], "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"],
    ["get-utf8", "GET", "/ሴ", [], "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"],
    ["get-space", "GET", "/example space/", [], "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"],
    ["get-vanilla-empty-query-key", "GET", "/?Param1=value1", [], "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"],
    [
      "get-vanilla-query-order-key",
      "GET",
      "/?Param1=value2&Param1=Value1",
      [],
      "eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1",
    ],
    [
      "get-vanilla-query-order-key-case",
      "GET",
      "/?Param2=value2&Param1=value1",
      [],
      "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    ],
    [
      "get-vanilla-query-order-value",
      "GET",
      "/?Param1=value2&Param1=value1",
      [],
      "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694",
    ],
    [
      "get-vanilla-query-unreserved",
      "GET",
      `/?${LETTERS}=${LETTERS}`,
      [],
      "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197",
    ],
    ["get-vanilla-utf8-query", "GET", "/?ሴ=bar", [], "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"],
    [
      "get-vanilla-utf8-query, as it goes over the wire",
      "GET",
      "/?%e1%88%B4=bar",
      [],
      "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
    ],
    ["get-relative", "GET", "/example/..", [], "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
    ["get-relative-relative", "GET", "/example1/example2/../..", [], "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
    ["get-slash", "GET", "//", [], "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
    ["get-slash-dot-slash", "GET", "/./", [], "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
    ["get-slash-pointless-dot", "GET", "/./example", [], "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"],
    ["get-slashes", "GET", "//example//", [], "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"],
  ])("signs %s as AWS does", (_name, method, target, headers, signature) => {
    expect(authorization(method, target, [...headers, HOST])).toMatch(new RegExp(`, Signature=${signature}$`));
  });

  test("signs post-x-www-form-urlencoded and post-sts-header-before as AWS does", () => {
    const form: Header = ["Content-Type", "application/x-www-form-urlencoded"];
    expect(authorization("POST", "/", [HOST, form], "Param1=value1")).toBe(
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
    );
    const token =
      "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";
    expect(authorization("POST", "/", [HOST], "", token)).toBe(
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
    );
  });

  test("signs the IAM example of the documentation as AWS does", () => {
    const headers: Header[] = [
      ["host", "iam.amazonaws.com"],
      ["content-type", "application/x-www-form-urlencoded; charset=utf-8"],
    ];
    expect(authorization("GET", "/?Action=ListUsers&Version=2010-05-08", headers, "", "", "iam")).toMatch(
      /, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7$/,
    );
  });

  test("encodes what is encoded on the wire once more: the colon of a model's name", () => {
    const hash = (text: string) => createHash("sha256").update(text).digest("hex");
    const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
    const canonical = [
      "POST",
      "/model/anthropic.claude-v2%253A1/converse",
      "",
      "host:h",
      "x-amz-date:20150830T123600Z",
      "",
      "host;x-amz-date",
      hash("{}"),
    ].join("\n");
    let key = hmac("AWS4wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830");
    for (const part of ["us-east-1", "bedrock", "aws4_request"]) key = hmac(key, part);
    const toSign = ["AWS4-HMAC-SHA256", "20150830T123600Z", "20150830/us-east-1/bedrock/aws4_request", hash(canonical)].join("\n");
    expect(authorization("POST", "/model/anthropic.claude-v2%3A1/converse", [["host", "h"]], "{}", "", "bedrock")).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date, Signature=${hmac(key, toSign).toString("hex")}`,
    );
  });
});

describe("Tencent's TC3-HMAC-SHA256", () => {
  // The example of https://cloud.tencent.com/document/api/213/30654, in both of its editions (the keys are masked there, and signed as they stand).
  test.each([
    [
      "AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******",
      "Gu5t9xGARNpq86cd98joQYCN3*******",
      "be4f67d323c78ab9acb7395e43c0dbcf822a9cfac32fea2449a7bc7726b770a3",
    ],
    [
      "AKID********************************",
      "********************************",
      "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f",
    ],
  ])("signs the documentation's example of %s as Tencent does", (id, secret, signature) => {
    const body = '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}';
    const headers: Header[] = [
      ["Host", "cvm.tencentcloudapi.com"],
      ["X-TC-Action", "DescribeInstances"],
      ["Content-Type", "application/json; charset=utf-8"],
    ];
    expect(crypto.text("tc3", [id, secret, "cvm", body, ...headers.flat()], 1551113065n, headers.length)).toBe(
      `TC3-HMAC-SHA256 Credential=${id}/2019-02-25/cvm/tc3_request, SignedHeaders=content-type;host;x-tc-action, Signature=${signature}`,
    );
  });
});
