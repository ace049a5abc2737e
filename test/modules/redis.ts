/** A Redis for tests in the host: what Envoy's raw TCP gives of one, a pipeline in the call's body and the replies in the answer's. The commands that filters send, and no others. */

import type { CalloutAnswer, CalloutScript } from "../host/callout.ts";

type Reply = string | number | null | { error: string } | { status: string } | Reply[];

/** The cluster's name. */
export const REDIS = "redis";

export class FakeRedis {
  /** Every command that was carried out, its words as text. */
  readonly commands: string[][] = [];
  /** How many commands each call brought. */
  readonly pipelines: number[] = [];
  readonly values = new Map<string, Buffer>();
  readonly sets = new Map<string, Map<string, number>>();
  /** What it answers instead of the truth. */
  instead: CalloutAnswer | null = null;
  /** Who may log in: `user:password`, or `:password`. */
  login: string | null = null;

  readonly script: CalloutScript = ({ body }) => {
    if (this.instead !== null) return this.instead;
    const commands = parse(Buffer.from(body));
    this.pipelines.push(commands.length);
    let loggedIn = this.login === null;
    const replies = commands.map((words) => {
      const [name, ...rest] = words;
      if (name!.toString() === "AUTH") {
        loggedIn = this.login === `${rest.length > 1 ? rest[0]!.toString() : ""}:${rest.at(-1)!.toString()}`;
        return loggedIn ? { status: "OK" } : { error: "WRONGPASS invalid username-password pair or user is disabled." };
      }
      return loggedIn ? this.#run(name!.toString(), rest, words) : { error: "NOAUTH Authentication required." };
    });
    return { status: 200, body: Buffer.concat(replies.map(written)) };
  };

  #run(name: string, rest: Buffer[], words: Buffer[]): Reply {
    this.commands.push(words.map((word) => word.toString("latin1")));
    const key = rest[0]?.toString("latin1") ?? "";
    const options = rest.slice(2).map((word) => word.toString());
    switch (name) {
      case "PING":
        return { status: "PONG" };
      case "SELECT":
        return { status: "OK" };
      case "SET":
        if (options.includes("NX") && this.values.has(key)) return null;
        this.values.set(key, rest[1]!);
        return { status: "OK" };
      case "MGET":
        return rest.map((one) => this.values.get(one.toString("latin1"))?.toString("latin1") ?? null);
      case "DEL":
        return Number(this.values.delete(key));
      case "ZADD": {
        const set = this.sets.get(key) ?? new Map<string, number>();
        this.sets.set(key, set);
        const [score, member] = rest.slice(-2).map((word) => word.toString("latin1"));
        const isNew = !set.has(member!);
        if (isNew) set.set(member!, Number(score));
        return Number(isNew);
      }
      case "ZREM":
        return Number(this.sets.get(key)?.delete(rest[1]!.toString("latin1")) ?? false);
      case "ZREMRANGEBYRANK": {
        const members = this.#ranked(key);
        const end = members.length + Number(rest[2]);
        for (const member of members.slice(0, Math.max(0, end + 1))) this.sets.get(key)!.delete(member);
        return 0;
      }
      case "ZRANGE":
        return this.#ranked(key);
      default:
        return { error: `ERR unknown command '${name}'` };
    }
  }

  #ranked(key: string): string[] {
    return [...(this.sets.get(key) ?? [])].sort((a, b) => a[1] - b[1]).map(([member]) => member);
  }
}

function written(reply: Reply): Buffer {
  if (reply === null) return Buffer.from("$-1\r\n");
  if (typeof reply === "number") return Buffer.from(`:${reply}\r\n`);
  if (typeof reply === "string") return Buffer.from(`$${reply.length}\r\n${reply}\r\n`, "latin1");
  if (Array.isArray(reply)) return Buffer.concat([Buffer.from(`*${reply.length}\r\n`), ...reply.map(written)]);
  return Buffer.from("error" in reply ? `-${reply.error}\r\n` : `+${reply.status}\r\n`);
}

/** The commands of a pipeline; throws at what Redis would refuse. */
function parse(bytes: Buffer): Buffer[][] {
  const commands: Buffer[][] = [];
  let at = 0;
  const line = (type: string): number => {
    const end = bytes.indexOf("\r\n", at);
    const text = bytes.toString("latin1", at, end);
    if (end < 0 || !new RegExp(`^\\${type}\\d+$`).test(text)) throw new Error(`no RESP at ${at}: ${text}`);
    at = end + 2;
    return Number(text.slice(1));
  };
  while (at < bytes.length) {
    const words: Buffer[] = [];
    for (let count = line("*"); count > 0; count--) {
      const length = line("$");
      words.push(bytes.subarray(at, at + length));
      at += length + 2;
      if (bytes.toString("latin1", at - 2, at) !== "\r\n") throw new Error(`no line end at ${at - 2}`);
    }
    commands.push(words);
  }
  return commands;
}
