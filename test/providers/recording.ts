/** What a server keeps of each request. */

/** How the exchange ended for the server: the whole answer was handed to the network, or the other side went away before. */
export type Ending = "complete" | "aborted";

export interface ReceivedRequest {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Path and query as they came. */
  readonly target: string;
  /** `1.1` or `2.0`. */
  readonly httpVersion: string;
  /** Names in lower case; repeated headers joined by `, `. Under HTTP/2 also `:authority` and the like. */
  readonly headers: Record<string, string>;
  /** Name, value, name, value … as they came. */
  readonly rawHeaders: readonly string[];
  /** The body as it came. */
  readonly body: Buffer;
  /** The body as JSON; undefined if it isn't JSON. */
  readonly json: any;
  /** The name that the client asked for in TLS. */
  readonly serverName: string | undefined;
  /** Why the vendor would refuse the request; undefined if it would not. */
  refused: string | undefined;
  /** Status that was answered; undefined while none was sent. */
  status: number | undefined;
  /** Bytes of the answer's body that were written. */
  sent: number;
  /** Settles when the exchange is over. */
  readonly ended: Promise<Ending>;
}

/** JSON, or undefined. */
export function parseJson(body: Buffer): any {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
