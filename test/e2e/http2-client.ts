/** One request over HTTP/2 without TLS, and how it ended: fetch speaks HTTP/1.1 only. */

import { connect, constants, type IncomingHttpHeaders } from "node:http2";

export interface Http2Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The name of the code with which the stream was reset; undefined if it ended. */
  readonly reset: string | undefined;
}

/** @param onData Called with all that has come so far, each time that more has. */
export async function askOverHttp2(
  url: string,
  path: string,
  body: unknown,
  { headers = {}, onData = () => {} }: { headers?: Record<string, string | string[]>; onData?: (text: string) => void } = {},
): Promise<Http2Answer> {
  const session = connect(url);
  try {
    return await new Promise<Http2Answer>((resolve, reject) => {
      session.once("error", reject);
      const stream = session.request({ ":method": "POST", ":path": path, "content-type": "application/json", ...headers });
      let answered: IncomingHttpHeaders = {};
      let text = "";
      stream.setEncoding("utf8");
      stream.once("response", (found) => (answered = found));
      stream.on("data", (chunk: string) => onData((text += chunk)));
      // What went wrong is in rstCode.
      stream.on("error", () => {});
      stream.once("close", () =>
        resolve({
          status: Number(answered[":status"] ?? 0),
          headers: answered,
          body: text,
          reset: stream.rstCode === constants.NGHTTP2_NO_ERROR ? undefined : nameOf(stream.rstCode ?? 0),
        }),
      );
      stream.end(body instanceof Uint8Array || typeof body === "string" ? body : JSON.stringify(body));
    });
  } finally {
    session.destroy();
  }
}

function nameOf(code: number): string {
  const [name = String(code)] =
    Object.entries(constants).find(
      ([key, value]) => /^NGHTTP2_(?!NV|FLAG|ERR|HCAT|SETTINGS|SESSION|STREAM_STATE)/.test(key) && value === code,
    ) ?? [];
  return name.replace("NGHTTP2_", "");
}
