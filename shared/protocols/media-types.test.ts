import { expect, test } from "vitest";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { chat } from "../../test/modules/requests.ts";

const gemini = { type: "gemini", apiTokens: ["sk-gemini"] };

forEachPackaging(["ai-proxy"], (start) => {
  test.each(["in\ng", 'x"}{"y', "a\\b", "image/png", "a/\u0001"])(
    "the media type %j of a data URL is text in the provider's JSON, and nothing else",
    async (type) => {
      const gateway = await start({ provider: gemini });
      const content = [{ type: "image_url", image_url: { url: `data:${type};base64,AAAA` } }];
      const [attempt] = gateway.request(chat({ messages: [{ role: "user", content }] })).attempts;
      expect(JSON.parse(attempt!.body).contents[0].parts).toEqual([{ inlineData: { mimeType: type, data: "AAAA" } }]);
    },
  );
});
