import { expect, test } from "vitest";
import { openaiPieces } from "../../test/modules/answers.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { chat, textOf } from "../../test/modules/requests.ts";

forEachPackaging(["ai-proxy"], (start) => {
  test("what a provider sends before its first content takes about the memory that it has on the wire", async () => {
    const blank = "\n".repeat(300_000);
    const gateway = await start({
      script: () => ({ headers: { "content-type": "text/event-stream" }, chunks: [blank, ...openaiPieces(["Hello"])] }),
    });
    expect(textOf(gateway.request(chat({ stream: true })))).toBe("Hello");
    expect(gateway.memory).toBeLessThan(6 * 1024 * 1024);
  });

  test("bytes that pass are the provider's, in however many pieces they are taken apart", async () => {
    const text = openaiPieces(["Hello"]).join("").replaceAll('"finish_reason":null}]', '"finish_reason":null}],"usage":null,"more":1');
    const gateway = await start({ script: () => ({ headers: { "content-type": "text/event-stream" }, body: text }) });
    expect(gateway.request(chat({ stream: true })).body).toBe(text.replaceAll('"usage":null,', ""));
  });
});
