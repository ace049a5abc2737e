/** Runs cases one after the other, in gateways that live on from case to case as Envoy's do, and says what was wrong with each. */

import type { Answer, Gateway } from "../host/gateway.ts";
import { caseOf, type Case } from "./cases.ts";
import { problemsOf, type Given } from "./checks.ts";
import type { Corpus } from "./corpus.ts";
import type { Target } from "./targets.ts";

/** A case may take so long, in milliseconds of a machine that does other things too; the slowest on record takes a hundredth. */
const patience = 5000;

export class Runner {
  readonly corpus: Corpus;
  /** Milliseconds that the slowest case took. */
  slowest = 0;
  readonly #gateways = new Map<Target, { gateway: Gateway; idle: number }>();
  /** Of the case that runs. */
  #case: Case | null = null;
  #given: Given[] = [];
  #answer: Answer | null = null;

  constructor(corpus: Corpus) {
    this.corpus = corpus;
  }

  /** Everything that is wrong with a case; empty if nothing is. */
  run(input: Case): string[] {
    const { gateway, idle } = this.#gatewayOf(input.target);
    this.#case = input;
    this.#given = [];
    const begun = performance.now();
    const answer = input.hangUpAfter === null ? gateway.request(requestOf(input)) : hungUp(gateway, input, input.hangUpAfter);
    const took = performance.now() - begun;
    this.#answer = answer;
    this.slowest = Math.max(this.slowest, took);
    const problems = problemsOf(input, answer, this.#given);
    if (took > patience) problems.push(`hang: ${took.toFixed(0)} ms`);
    // A VM that trapped is another one at the next request.
    if (answer.trap !== null) this.#gateways.delete(input.target);
    else if (gateway.contexts !== idle) {
      problems.push(`contexts: ${gateway.contexts - idle} outlive the request`);
      this.#gateways.delete(input.target);
    }
    return problems;
  }

  runNumber(seed: number, number: number): string[] {
    return this.run(caseOf(this.corpus, seed, number));
  }

  /** What providers were made to answer in the case that ran last. */
  get given(): readonly Given[] {
    return this.#given;
  }

  /** What the client got in that case. */
  get answer(): Answer | null {
    return this.#answer;
  }

  /** Bytes of linear memory by target. */
  memory(): Record<string, number> {
    return Object.fromEntries([...this.#gateways].map(([target, { gateway }]) => [target.name, gateway.memory]));
  }

  #gatewayOf(target: Target): { gateway: Gateway; idle: number } {
    let known = this.#gateways.get(target);
    if (known === undefined) {
      const gateway = target.start((provider) => () => {
        const answers = this.#case!.answers;
        const answer = answers[Math.min(this.#given.length, answers.length - 1)]!.make(provider);
        this.#given.push({ provider, answer });
        return answer;
      });
      this.#gateways.set(target, (known = { gateway, idle: gateway.contexts }));
    }
    return known;
  }
}

function requestOf({ method, path, headers, chunks, trailers, endWithLastChunk }: Case): Parameters<Gateway["request"]>[0] {
  return {
    method,
    path,
    headers: headers.map(([name, value]): [string, string] => [name, value]),
    chunks,
    ...(trailers && { trailers: { "x-trailer": "1" } }),
    endWithLastChunk,
  };
}

/** The client goes away while it sends, or once it has. */
function hungUp(gateway: Gateway, input: Case, after: number): Answer {
  const trap = gateway.trap;
  const from = gateway.logLines.length;
  const { trailers: _, ...request } = requestOf({ ...input, chunks: input.chunks.slice(0, after) });
  const stream = gateway.open({ ...request, more: after < input.chunks.length });
  gateway.advance(1);
  gateway.hangUp(stream);
  const answer = gateway.answer(stream, from);
  if (gateway.trap !== trap) answer.trap = gateway.trap;
  return answer;
}
