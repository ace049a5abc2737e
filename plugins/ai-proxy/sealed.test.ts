import { describe, expect, test } from "vitest";
import { Sealer, newMasterKey } from "../../cli/secrets/seal.ts";
import { openaiAnswer } from "../../test/modules/answers.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { chat } from "../../test/modules/requests.ts";

const master = newMasterKey();
const env = { SLUICE_MASTER_KEY: master };
const sealer = Sealer.of(master)!;
const secret = "sk-sealed-0123456789-abcd";
const sealed = sealer.seal(secret, "provider provider");
const script = () => openaiAnswer("Hello");

forEachPackaging(["ai-proxy"], (start) => {
  describe("sealed keys", () => {
    test.each([
      ["apiTokens", { apiTokens: [sealed] }],
      ["keys", { keys: [{ key: sealed, name: "team" }] }],
    ])("of %s are opened", async (_, fields) => {
      const gateway = await start({ provider: { type: "openai", ...fields }, env, script });
      expect(gateway.request(chat()).attempts[0]!.headers["authorization"]).toBe(`Bearer ${secret}`);
    });

    test.each<[string, object, Record<string, string>, string]>([
      ["without a master key", { apiTokens: [sealed] }, {}, "apiTokens[0]: found a sealed value, and SLUICE_MASTER_KEY is not set"],
      [
        "with another master key",
        { keys: [{ key: sealed }] },
        { SLUICE_MASTER_KEY: newMasterKey() },
        "keys[0].key: found a value that another master key than SLUICE_MASTER_KEY has sealed",
      ],
      ["that are cut", { apiTokens: ["k", sealed.slice(0, 40)] }, env, "apiTokens[1]: found a sealed value that is cut"],
      [
        "of another provider",
        { apiTokens: [sealer.seal(secret, "provider other")] },
        env,
        "apiTokens[0]: found a sealed value that was changed, or sealed for somebody else than provider provider",
      ],
      [
        "of another provider, of a cloud",
        {
          type: "bedrock",
          awsRegion: "us-east-1",
          awsAccessKey: "AKIDEXAMPLEEXAMPLE01",
          awsSecretKey: sealer.seal(secret, "provider other"),
        },
        env,
        "awsSecretKey: found a sealed value that was changed, or sealed for somebody else",
      ],
      [
        "of another provider, of a service account",
        { type: "vertex", vertexRegion: "us-east5", vertexAuthServiceName: "oauth2", vertexAuthKey: sealer.seal("{}", "provider other") },
        env,
        "vertexAuthKey: found a sealed value that was changed, or sealed for somebody else",
      ],
    ])("%s are refused in one line without them", async (_, fields, env, words) => {
      const refusal = await start({ provider: { type: "openai", ...fields }, env, script }).then(
        () => "",
        (error: unknown) => String(error),
      );
      expect(refusal).toContain(words);
      expect(refusal).not.toContain(secret);
    });
  });
});
