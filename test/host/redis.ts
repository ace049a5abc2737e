import { Result } from "./abi.ts";
import type { RootContext } from "./root.ts";

/** A Redis as Higress's Envoy reaches it: the query (RESP) and what the server answers, or an error. */
export type RedisScript = (query: Uint8Array) => Uint8Array | "error" | "stall";

const FAILED = 1;

/** The Redis clients of one root context (Higress only). */
export class RedisCalls {
  /** What the callback that runs now may read. */
  answer: Uint8Array | null = null;
  readonly #root: RootContext;
  readonly #clusters = new Set<string>();
  #next = 1;

  constructor(root: RootContext) {
    this.#root = root;
  }

  init(cluster: string): number {
    if (!this.#root.vm.worker.redis(cluster)) return Result.BadArgument;
    this.#clusters.add(cluster);
    return Result.Ok;
  }

  /** Sends a query; returns its token, or the status that refuses it as a negative number. */
  call(cluster: string, query: Uint8Array): number {
    const script = this.#root.vm.worker.redis(cluster);
    if (script === null || !this.#clusters.has(cluster)) return -Result.BadArgument;
    const token = this.#next++;
    const answer = script(query.slice());
    if (answer !== "stall") {
      this.#root.vm.worker.envoy.post(() => {
        this.answer = answer === "error" ? new Uint8Array(0) : answer;
        this.#root.vm.run(this.#root, "proxy_on_redis_call_response", token, answer === "error" ? FAILED : Result.Ok, this.answer.length);
        this.answer = null;
      });
    }
    return token;
  }
}
