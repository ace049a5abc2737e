/** Runs many cases over all cores and adds up what came of them. */

import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Minimised } from "./minimise.ts";

/** Cases `from`, `from + step`, … below `to`. */
export interface Share {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** What a worker tells. */
export type Message =
  | { readonly kind: "at"; readonly number: number }
  | { readonly kind: "failure"; readonly text: string }
  | {
      readonly kind: "done";
      readonly failures: number;
      readonly kinds: Record<string, number>;
      readonly slowest: number;
      /** Linear memory by target, in bytes. */
      readonly half: Record<string, number>;
      readonly end: Record<string, number>;
    };

export interface Outcome {
  readonly seed: number;
  readonly cases: number;
  readonly failures: number;
  /** How often what went wrong. */
  readonly kinds: Record<string, number>;
  /** The first of each kind, made small. */
  readonly described: readonly string[];
  /** Milliseconds. */
  readonly slowest: number;
  readonly seconds: number;
  /** Linear memory of the VM that grew most between half of the cases and their end. */
  readonly memory: { readonly target: string; readonly half: number; readonly end: number };
}

/** A worker that says nothing for so long hangs in a case. */
const silence = 60_000;
/** What a VM's memory may grow by after half of the cases: a larger body than any before may still come. */
const growth = 2 * 1024 * 1024;

/** @param tell Hears of each new kind of failure, and how far it is. */
export async function fuzz({
  seed,
  cases,
  workers,
  tell,
}: {
  seed: number;
  cases: number;
  workers: number;
  tell: (line: string) => void;
}): Promise<Outcome> {
  const begun = performance.now();
  const described: string[] = [];
  const at = new Array<number>(workers).fill(0);
  let announced = begun;
  const results = await Promise.all(
    Array.from({ length: workers }, (_, i) =>
      work({ seed, from: i, to: cases, step: workers }, (message) => {
        if (message.kind === "failure") {
          described.push(message.text);
          tell(message.text);
        } else if (message.kind === "at") {
          at[i] = message.number;
          if (performance.now() - announced > 30_000) {
            announced = performance.now();
            tell(`  ${Math.min(...at)} of ${cases}`);
          }
        }
      }),
    ),
  );
  const kinds: Record<string, number> = {};
  for (const result of results) for (const [kind, count] of Object.entries(result.kinds)) kinds[kind] = (kinds[kind] ?? 0) + count;
  let memory = { target: "", half: 0, end: 0 };
  for (const { half, end } of results) {
    for (const [target, bytes] of Object.entries(end)) {
      const before = half[target] ?? bytes;
      if (memory.target === "" || bytes - before > memory.end - memory.half) memory = { target, half: before, end: bytes };
    }
  }
  if (memory.end - memory.half > growth) kinds[`memory: that of ${memory.target} grows`] = 1;
  return {
    seed,
    cases,
    failures: results.reduce((sum, { failures }) => sum + failures, 0),
    kinds,
    described,
    slowest: Math.max(...results.map(({ slowest }) => slowest)),
    seconds: (performance.now() - begun) / 1000,
    memory,
  };
}

/** Runs a share in a process of its own: what never returns can be ended there. */
function work(share: Share, hear: (message: Message) => void): Promise<Message & { kind: "done" }> {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(new URL("./worker.ts", import.meta.url)), [JSON.stringify(share)]);
    let at = share.from;
    let timer: NodeJS.Timeout;
    let done = false;
    const end = (failure: string): void => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      hear({ kind: "failure", text: failure });
      resolve({ kind: "done", failures: 1, kinds: { [failure]: 1 }, slowest: silence, half: {}, end: {} });
    };
    const watch = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        child.kill("SIGKILL");
        end(`hang: one of the 64 cases from CASE=${at} (every ${share.step}.) with SEED=${share.seed} never returns`);
      }, silence);
    };
    watch();
    child.on("message", (message) => {
      watch();
      const heard = message as Message;
      if (heard.kind === "at") at = heard.number;
      if (heard.kind === "done") {
        done = true;
        clearTimeout(timer);
        resolve(heard);
      } else hear(heard);
    });
    child.once("exit", (status) => end(`the process with CASE=${at} and after, SEED=${share.seed}, ended with status ${status}`));
  });
}

/** A failure in words, with how to see it again. */
export function describeFailure(seed: number, number: number, { failsAlone, input, problems, given, answer }: Minimised): string {
  const show = (bytes: Uint8Array): string => {
    const text = JSON.stringify(Buffer.from(bytes).toString("latin1"));
    return text.length > 1600 ? `${text.slice(0, 1000)} … ${text.slice(-500)} (${bytes.length} bytes)` : text;
  };
  const few = (chunks: string[]): string[] => (chunks.length > 6 ? [...chunks.slice(0, 5), `… ${chunks.length} chunks`] : chunks);
  const answers = given.map(({ provider, answer }) => {
    if (typeof answer === "string") return `  ${provider}: ${answer}`;
    const chunks = few((answer.chunks ?? []).map((chunk) => (typeof chunk === "number" ? `(${chunk} ms)` : show(chunk as Uint8Array))));
    const end = `${answer.trailers === undefined ? "" : " trailers"} then ${answer.then ?? "end"}${answer.endWithLastChunk === true ? " (with the last chunk)" : ""}`;
    return `  ${provider}: ${answer.status} ${JSON.stringify(answer.headers)} ${chunks.join(" | ")}${end}`;
  });
  return [
    `SEED=${seed} CASE=${number} ${input.target.name}: ${problems.join("; ")}${failsAlone ? "" : " (not in a new VM: it takes what earlier cases left)"}`,
    `  ${input.method} ${input.path.slice(0, 200)} ${JSON.stringify(input.headers).slice(0, 600)}`,
    `  ${few(input.chunks.map(show)).join(" | ")}${input.trailers ? " trailers" : ""}${input.endWithLastChunk ? " (the end with the last chunk)" : ""}${input.hangUpAfter === null ? "" : ` hangs up after ${input.hangUpAfter} chunks`}`,
    ...answers,
    ...(answer === null
      ? []
      : [`  → ${answer.ended} ${answer.status} ${JSON.stringify(answer.headers)} ${show(answer.bytes)} ${answer.codeDetails ?? ""}`]),
  ].join("\n");
}
