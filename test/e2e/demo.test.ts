/** `make demo`, as a newcomer runs it. */

import { execFile, spawn, type ChildProcess } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import OpenAI from "openai";
import { afterEach, expect, test } from "vitest";
import { keyVariables } from "../demo/real-providers.ts";
import { blocksOf, documents } from "../docs/blocks.ts";
import { startProvider } from "../providers/provider.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What the guides show of it. */
const shown = documents()
  .flatMap(blocksOf)
  .filter(({ info }) => info.has("demo"));

interface Demo {
  readonly child: ChildProcess;
  /** All that it has printed so far. */
  output(): string;
  /** Resolves once it has printed this, or has ended. */
  says(text: string): Promise<void>;
  readonly ended: Promise<number | null>;
}

const running: Demo[] = [];
afterEach(async () => {
  for (const demo of running.splice(0)) {
    demo.child.kill("SIGTERM");
    await demo.ended;
  }
});

function startDemo(args: readonly string[], environment: Record<string, string> = {}): Demo {
  const child = spawn(process.execPath, [join(root, "test/demo/main.ts"), ...args], {
    // Without the keys of whoever runs the tests.
    env: { ...process.env, ...Object.fromEntries(keyVariables.map((name) => [name, ""])), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      for (const listener of listeners) listener();
    });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const demo: Demo = {
    child,
    output: () => output,
    says: (text) =>
      Promise.race([
        new Promise<void>((resolve) => {
          const listener = (): void => void (output.includes(text) && resolve());
          listeners.add(listener);
          listener();
        }),
        ended.then(() => {}),
      ]),
    ended,
  };
  running.push(demo);
  return demo;
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve((socket.destroy(), true)));
    socket.on("error", () => resolve(false));
  });
}

function portIn(output: string): number {
  return Number(/Sluice is up: http:\/\/127\.0\.0\.1:(\d+)\/v1/.exec(output)?.[1]);
}

test("--once shows every kind of request, asks a provider whose key the environment has, and ends with 0", async () => {
  const key = "sk-proj-of-the-users-own";
  const real = await startProvider({ protocol: "openai", keys: [key] });
  try {
    real.always({ text: "A gate in a water channel." });
    const demo = startDemo(["--once"], { OPENAI_API_KEY: key, OPENAI_BASE_URL: `${real.url}/v1` });
    const status = await demo.ended;
    const output = demo.output();
    expect(output).toContain("All went as it should.");
    expect(status).toBe(0);
    // What each of the scenes is about, as the client or the log saw it.
    for (const sight of [
      "went to     openai, in OpenAI's Chat Completions: POST /v1/chat/completions",
      "went to     claude, in Anthropic's Messages: POST /v1/messages",
      "went to     gemini, in Gemini's generateContent: POST /v1beta/models/gemini-2.5-flash:generateContent",
      'a call: weather_in({"city":"Rome"})  finish_reason tool_calls',
      "“weather_in answered: Dry, 24 °C”",
      "→ 429",
      "AuthenticationError: 401",
      "NotFoundError: 404",
      "tokens      9 in, 21 out",
      "A gate in a water channel.",
    ])
      expect(output).toContain(sight);
    for (const { text } of shown) expect(output).toContain(text);
    expect(output).not.toContain("✗");
    expect(real.requests).toHaveLength(1);
    expect(real.requests[0]).toMatchObject({ json: { model: "gpt-4o-mini", stream: true } });
    // Nobody looks at a terminal here, and a key is nobody else's business.
    expect(output).not.toContain("\u001b[");
    expect(output).not.toContain(key);
    expect(output).not.toMatch(/sk-(openai|claude|gemini)-[0-9a-f]+/);
    expect(await isOpen(portIn(output))).toBe(false);
  } finally {
    await real.stop();
  }
});

test("without it, the gateway goes on, shows what is asked, and ends at Ctrl+C", async () => {
  const demo = startDemo([]);
  await demo.says("Stop with Ctrl+C.");
  const port = portIn(demo.output());
  const client = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: "sk-demo", maxRetries: 0 });
  const answer = await client.chat.completions.create({
    model: "claude-sonnet-4-5",
    messages: [{ role: "user", content: "Hello there" }],
  });
  expect(answer.choices[0]?.message.content).toBe("Hello there");
  await demo.says("input_tokens=6");
  const invitation = demo.output().slice(demo.output().indexOf("Try it:"));
  const run = promisify(execFile);
  const [, curl] = /^ {2}(curl [\s\S]*?)\n\n/m.exec(invitation)!;
  expect((await run("bash", ["-c", curl!])).stdout).toContain('"content":"Hello"');
  const [, python] = /^( {2}# Python[\s\S]*?)\n\n/m.exec(invitation)!;
  const { stdout } = await run(join(root, ".venv/bin/python"), ["-c", python!.replaceAll(/^ {2}/gm, "")]);
  expect(stdout).toBe("Hello");
  const [, render, file] = /npx sluice (render (\S+gateway\.yaml))/.exec(invitation)!;
  writeFileSync(file!, readFileSync(file!, "utf8").replace("names: [gpt-4o]", "names: [gpt-4o, gpt-4o-mini]"));
  await run(process.execPath, [join(root, "cli/bin/sluice.js"), ...render!.split(" ")]);
  expect((await client.models.list()).data.map(({ id }) => id)).toContain("gpt-4o-mini");
  demo.child.kill("SIGINT");
  expect(await demo.ended).toBe(0);
  expect(demo.output()).toContain("Everything has stopped.");
  expect(await isOpen(port)).toBe(false);
});

test("the guides show some of it", () => expect(shown.length).toBeGreaterThan(0));

test("an argument that it doesn't know is refused", async () => {
  const demo = startDemo(["--twice"]);
  expect(await demo.ended).toBe(2);
  expect(demo.output()).toContain("--twice");
});
