/**
 * `make demo`: a gateway with three local providers, real requests through it with OpenAI's SDK, and what became of them. Then it goes on until Ctrl+C, so that one can try; with
 * `--once` it ends by itself. Status 0 if all went as it should.
 */

import { readFileSync } from "node:fs";
import OpenAI from "openai";
import { startGateway, type DemoGateway } from "./gateway.ts";
import { Paper } from "./paper.ts";
import { realProvidersOf, type RealProvider } from "./real-providers.ts";
import { describeLog, realScene, scenes, type Stage } from "./scenes.ts";

const args = process.argv.slice(2);
const once = args.includes("--once");
const unknown = args.filter((argument) => argument !== "--once");
const paper = new Paper(process.stdout, process.env);

async function demo(): Promise<number> {
  if (unknown.length > 0) {
    process.stderr.write(`The demo knows --once, and not ${unknown.join(" ")}.\n`);
    return 2;
  }
  const asked = stopAsked();
  const real = realProvidersOf(process.env);
  paper.line("Starting three local providers, and a gateway in front of them …");
  const gateway = await startGateway(real);
  try {
    introduce(gateway, real);
    const failures = await Promise.race([play(gateway, real), asked.then(() => null)]);
    if (failures === null) return 0;
    summarise(failures);
    if (!once) {
      invite(gateway, real);
      gateway.onLog((line) => paper.row("log", describeLog(line)));
      const end = await Promise.race([asked.then(() => "asked"), gateway.ended.then(() => "ended")]);
      if (end === "ended") {
        paper.line("The gateway has ended by itself.");
        return 1;
      }
    }
    return failures.length === 0 ? 0 : 1;
  } finally {
    await gateway.stop();
    paper.line();
    paper.line("Everything has stopped.");
  }
}

function introduce({ url, file, remark }: DemoGateway, real: readonly RealProvider[]): void {
  paper.line();
  paper.line(`${paper.style("bold", `Sluice is up: ${url}`)}${remark ? ` (${remark})` : ""}`);
  paper.line(`One Envoy with one Wasm module in it, from this file, ${file}:`);
  paper.line();
  for (const line of readFileSync(file, "utf8").trimEnd().split("\n")) paper.line(`    ${paper.style("dim", line)}`);
  paper.line();
  paper.line("All requests below are made by OpenAI's own SDK; it knows the gateway's URL and the key of the consumer demo, nothing else.");
  if (real.length > 0) paper.line(`Keys were found for: ${real.map(({ type }) => type).join(", ")}. These providers are asked as well.`);
}

/** Plays every scene, and gives back what failed. */
async function play(gateway: DemoGateway, real: readonly RealProvider[]): Promise<string[]> {
  const failures: string[] = [];
  const client = new OpenAI({ baseURL: gateway.url, apiKey: gateway.key, maxRetries: 0 });
  for (const [index, scene] of [...scenes, ...real.map(realScene)].entries()) {
    paper.heading(`${index + 1}. ${scene.title}`);
    const stage: Stage = {
      gateway,
      client,
      paper,
      check(holds, words) {
        paper.check(holds, words);
        if (!holds) failures.push(`${index + 1}. ${scene.title}: ${words}`);
      },
    };
    try {
      await scene.play(stage);
    } catch (error) {
      stage.check(false, error instanceof Error ? error.message : String(error));
    }
  }
  for (const [name, { refusals }] of Object.entries(gateway.providers))
    for (const refusal of refusals) failures.push(`${name} would have refused: ${refusal}`);
  return failures;
}

function summarise(failures: readonly string[]): void {
  paper.line();
  if (failures.length === 0) return paper.line(paper.style("green", "All went as it should."));
  paper.line(paper.style("red", "This did not go as it should:"));
  for (const failure of failures) paper.line(`  ${failure}`);
}

function invite({ url, key, file }: DemoGateway, real: readonly RealProvider[]): void {
  paper.heading("The gateway goes on. Try it:");
  paper.line(`
  curl ${url}/chat/completions -H 'authorization: Bearer ${key}' -H 'content-type: application/json' \\
    -d '{"model": "claude-sonnet-4-5", "messages": [{"role": "user", "content": "Hello"}]}'

  # Python: pip install openai
  from openai import OpenAI
  client = OpenAI(base_url="${url}", api_key="${key}")
  for chunk in client.chat.completions.create(
      model="gemini-2.5-flash", messages=[{"role": "user", "content": "Hello"}], stream=True
  ):
      print(chunk.choices[0].delta.content or "", end="")

Local providers say again what they are asked. Models: gpt-4o, claude-sonnet-4-5, gemini-2.5-flash${real.map(({ name }) => `, ${name}`).join("")};
openai/gpt-4o asks one provider by name. To change the gateway while it runs: edit ${file}, then npx sluice render ${file}.
Stop with Ctrl+C. Requests from now on:
`);
}

/** Resolves at the first signal. Further ones, such as those that npm passes on, change nothing: stopping takes seconds at most. */
function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
  });
}

try {
  process.exitCode = await demo();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
