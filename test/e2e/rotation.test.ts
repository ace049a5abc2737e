/** Providers' keys change while requests run, and stand nowhere in plain text. */

import { spawn } from "node:child_process";
import { readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { httpRequest } from "../../cli/process/admin.ts";
import { Sealer, newMasterKey } from "../../cli/secrets/seal.ts";
import { freePort, startSession, testModule, type RunningCommand, type Session } from "../../cli/testing/sluice.ts";
import { startProvider, type Provider } from "../providers/provider.ts";

const oldKey = "sk-rotation-old-00000000-aaaa";
const newKey = "sk-rotation-new-11111111-bbbb";

let session: Session;
let provider: Provider;
/** What the provider accepts at the moment. */
let accepted: string[];
let listen: number;
let admin: number;

beforeEach(async () => {
  session = startSession();
  accepted = [oldKey];
  provider = await startProvider({ protocol: "openai", keys: accepted });
  [listen, admin] = [await freePort(), await freePort()];
});
afterEach(async () => {
  await session.close();
  await provider.stop();
});

const yaml = (keys: string, more = ""): string => `version: 1
listen: 127.0.0.1:${listen}
admin: 127.0.0.1:${admin}
providers:
  openai: { type: openai, url: ${provider.url}, keys: ${keys} }
${more}models:
  - { match: gpt-*, to: openai }
`;

/** Replaces a file as a mounted secret's is: whole, or not at all. */
function put(name: string, text: string): void {
  const path = join(session.folder, name);
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

async function started(keys: string, environment: Record<string, string> = {}, args: readonly string[] = []): Promise<RunningCommand> {
  const command = await session.up(session.write("gateway.yaml", yaml(keys)), environment, ["--drain", "0", ...args]);
  expect(command.outcome.errors).toContain("Sluice is up");
  return command;
}

async function ask(content = "Hi"): Promise<{ status: number; text: string }> {
  const answer = await fetch(`http://127.0.0.1:${listen}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content }] }),
  });
  const body = (await answer.json()) as { choices?: { message: { content: string } }[] };
  return { status: answer.status, text: body.choices?.[0]?.message.content ?? JSON.stringify(body) };
}

/** The same as a stream: the pieces of its content, once it has ended as it should. */
async function streamed(): Promise<{ status: number; text: string }> {
  const answer = await fetch(`http://127.0.0.1:${listen}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "gpt-4o", stream: true, messages: [{ role: "user", content: "Hi" }] }),
  });
  const events = (await answer.text()).split("\n\n").flatMap((event) => (event.startsWith("data: ") ? [event.slice(6)] : []));
  if (events.pop() !== "[DONE]") return { status: answer.status, text: "no end" };
  const text = events.map((event) => (JSON.parse(event) as { choices: { delta: { content?: string } }[] }).choices[0]?.delta.content ?? "");
  return { status: answer.status, text: text.join("") };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
const lastKey = (): string => String(provider.requests.at(-1)!.headers["authorization"]).replace("Bearer ", "");
const times = (text: string, word: string): number => text.split(word).length - 1;
/** How often `up --watch` has said that it took a change. */
const taken = (command: RunningCommand): number => times(command.outcome.errors, "The gateway has taken gateway.yaml.");

async function adminText(path: string): Promise<string> {
  const answer = await httpRequest({ host: "127.0.0.1", port: admin, method: "GET", path, authority: "admin" });
  expect(answer?.status).toBe(200);
  return answer!.body;
}

/** Everything that a gateway shows or writes. */
async function expectNowhere(command: RunningCommand, ...secrets: readonly string[]): Promise<void> {
  const folder = join(session.folder, ".sluice");
  const places: Record<string, string> = {
    "the configuration dump": await adminText("/config_dump?include_eds"),
    "the statistics": await adminText("/stats"),
    "the clusters": await adminText("/clusters"),
    "the access log": command.outcome.output,
    "the log": command.outcome.errors,
  };
  for (const name of readdirSync(folder)) if (name.endsWith(".json")) places[name] = readFileSync(join(folder, name), "utf8");
  expect(places["the configuration dump"]).toContain("sealed:");
  for (const [place, text] of Object.entries(places)) for (const secret of secrets) expect(text.includes(secret), place).toBe(false);
}

describe("sluice up --watch", () => {
  test("a key in a file is rotated under load: no request fails, none is refused by the provider, neither key is seen", async () => {
    put("openai-key", `${oldKey}\n`);
    const command = await started("[file:openai-key]", {}, ["--watch"]);
    // Slow answers, so that requests of before, of meanwhile and of after are in flight at each step.
    provider.always({ text: ["one ", "two"], delay: { headers: 700 } });
    let asking = true;
    let sent = 0;
    const failures: string[] = [];
    const inFlight = new Set<number>();
    const clients = Array.from({ length: 200 }, async (_, client) => {
      while (asking) {
        const number = sent++;
        inFlight.add(number);
        const { status, text } = await (client % 2 === 0 ? ask() : streamed()).catch((error: unknown) => ({
          status: 0,
          text: String(error),
        }));
        inFlight.delete(number);
        if (status !== 200 || text !== "one two") failures.push(`${status} ${text}`);
      }
    });
    await until(() => sent > 400);
    accepted.push(newKey);
    put("openai-key", `${newKey}\n`);
    await until(() => taken(command) === 1);
    const earlier = [...inFlight];
    expect(earlier.length).toBeGreaterThan(100);
    await until(() => earlier.every((number) => !inFlight.has(number)));
    // Whoever still had the old key has been answered: the provider takes it back.
    accepted.shift();
    const withdrawn = provider.requests.length;
    const begun = sent;
    await until(() => sent > begun + 400);
    asking = false;
    await Promise.all(clients);

    expect(failures).toEqual([]);
    expect(provider.refusals).toEqual([]);
    expect(sent).toBeGreaterThan(800);
    const keys = provider.requests.map(({ headers }) => String(headers["authorization"]));
    expect(new Set(keys)).toEqual(new Set([`Bearer ${oldKey}`, `Bearer ${newKey}`]));
    expect(new Set(keys.slice(withdrawn))).toEqual(new Set([`Bearer ${newKey}`]));
    const lines = command.outcome.output.trim().split("\n");
    expect(lines.filter((line) => (JSON.parse(line) as { attempts: number }).attempts > 1)).toEqual([]);
    await expectNowhere(command, oldKey, newKey);
  });

  test("a mistake is said and the former configuration goes on; the next change is taken", async () => {
    put("openai-key", oldKey);
    const command = await started("[file:openai-key]", {}, ["--watch"]);
    const mistakes = [
      () => put("openai-key", " \n"),
      () => put("openai-key", "two words"),
      () => renameSync(join(session.folder, "openai-key"), join(session.folder, "elsewhere")),
      () => put("gateway.yaml", yaml("[file:openai-key]").replace("to: openai", "to: opnai")),
      () => put("gateway.yaml", yaml("[env:NOT_SET_ANYWHERE]")),
      () => put("gateway.yaml", yaml("[file:openai-key]").replace(`listen: 127.0.0.1:${listen}`, "listen: 127.0.0.1:1")),
    ];
    for (const [index, mistake] of mistakes.entries()) {
      mistake();
      await until(() => times(command.outcome.errors, "The gateway goes on with what it had.") === index + 1);
      expect(await ask()).toEqual({ status: 200, text: "Hi" });
      if (index === 3) put("openai-key", oldKey);
    }
    for (const said of [
      /gateway\.yaml:5:\d+: provider openai: \S+openai-key is empty, expected a key/,
      /openai-key: a key has no spaces/,
      /there is no file \S+openai-key/,
      /unknown provider "opnai"; did you mean "openai"/,
      /NOT_SET_ANYWHERE is not set; provider openai needs it/,
      /the listener \(listen, admin, access_log\) is fixed/,
    ])
      expect(command.outcome.errors).toMatch(said);
    expect(command.outcome.errors).not.toContain("two words");

    // A provider that wasn't there at the start, with a key that wasn't in the environment then.
    accepted.push(newKey);
    put("second-key", newKey);
    put(
      "gateway.yaml",
      yaml("[file:openai-key]", `  second: { type: openai, url: ${provider.url}, keys: [file:second-key] }\n`).replace(
        "to: openai",
        "to: second",
      ),
    );
    await until(() => taken(command) === 1);
    expect(await ask()).toEqual({ status: 200, text: "Hi" });
    expect(lastKey()).toBe(newKey);
    // The new file is watched as well.
    put("second-key", oldKey);
    await until(() => taken(command) === 2);
    expect(await ask()).toEqual({ status: 200, text: "Hi" });
    expect(lastKey()).toBe(oldKey);
    await expectNowhere(command, oldKey, newKey);
  });
});

describe("keys in gateway.yaml", () => {
  const master = newMasterKey();

  function sluice(
    args: readonly string[],
    input: string,
    environment: Record<string, string> = {},
  ): Promise<{ status: number | null; output: string; errors: string }> {
    const child = spawn(process.execPath, [fileURLToPath(new URL("../../cli/main.ts", import.meta.url)), ...args], {
      cwd: session.folder,
      env: { ...process.env, SLUICE_MASTER_KEY: "", ...environment },
    });
    let [output, errors] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    child.stdin.end(input);
    return new Promise((resolve) => child.once("close", (status) => resolve({ status, output, errors })));
  }

  test("in plain text: Envoy's configuration has them sealed", async () => {
    const command = await started(`[${oldKey}]`);
    expect(await ask()).toEqual({ status: 200, text: "Hi" });
    expect(command.outcome.errors).toMatch(/warning: provider openai: the key stands in the file in plain text.*\n.*keys: \[\*+\]/);
    await expectNowhere(command, oldKey);
  });

  test("what sluice seal prints is used, and needs its master key and its provider", async () => {
    const environment = { SLUICE_MASTER_KEY: master };
    const { status, output } = await sluice(["seal", "openai"], `${oldKey}\n`, environment);
    expect(status).toBe(0);
    expect(output).toMatch(/^sealed:[A-Za-z0-9+/=]+\n$/);
    const sealed = output.trim();
    const command = await started(`["${sealed}"]`, environment);
    expect(await ask()).toEqual({ status: 200, text: "Hi" });
    await expectNowhere(command, oldKey, master);

    const refused = async (file: string, environment: Record<string, string>, words: RegExp, ...args: string[]): Promise<void> => {
      put("other.yaml", file);
      const { status, errors } = await sluice([...args, "other.yaml", "--module", testModule], "", environment);
      expect(status).toBe(2);
      expect(errors).toMatch(words);
      expect(errors).not.toContain(oldKey);
    };
    const file = yaml(`["${sealed}"]`);
    const moved = file.replace("  openai:", "  other:").replace("to: openai", "to: other");
    await refused(file, {}, /other\.yaml:5:\d+: provider openai: its key is sealed, and SLUICE_MASTER_KEY is not set/, "up");
    await refused(file, { SLUICE_MASTER_KEY: newMasterKey() }, /provider openai: its sealed key was sealed with another master key/, "up");
    await refused(file, { SLUICE_MASTER_KEY: "short" }, /SLUICE_MASTER_KEY isn't 32 bytes in base64/, "up");
    await refused(moved, environment, /provider other: its sealed key was changed, or sealed for somebody else than provider other/, "up");
    await refused(yaml(`[${oldKey.slice(0, -1)}]`), {}, /SLUICE_MASTER_KEY is not set\. Make one/, "render", "--out", "elsewhere");
    expect((await sluice(["seal", "openai"], " \n", environment)).status).toBe(2);
    expect((await sluice(["seal", "openai"], oldKey)).errors).toContain("SLUICE_MASTER_KEY is not set. Make one");
    expect((await sluice(["seal"], oldKey, environment)).errors).toContain("Whose key is it?");
  });

  test("sluice render rotates one too, with the master key that the gateway was started with", async () => {
    accepted.push(newKey);
    const command = await started(`[${oldKey}]`, { SLUICE_MASTER_KEY: master });
    put("gateway.yaml", yaml(`[${newKey}]`));
    const render = (key: string): ReturnType<typeof sluice> =>
      sluice(["render", "gateway.yaml", "--module", testModule], "", { SLUICE_MASTER_KEY: key });
    const refused = await render(newMasterKey());
    expect(refused.status).toBe(2);
    expect(refused.errors).toContain("The keys are sealed by SLUICE_MASTER_KEY, which must be what the gateway was started with.");
    expect(await ask()).toEqual({ status: 200, text: "Hi" });
    expect(lastKey()).toBe(oldKey);
    expect(await render(master)).toMatchObject({ status: 0, output: expect.stringContaining("has taken gateway.yaml") });
    expect(await ask()).toEqual({ status: 200, text: "Hi" });
    expect(lastKey()).toBe(newKey);
    await expectNowhere(command, oldKey, newKey, master);
  });

  test("the module refuses in one line what it can't open, and the former configuration goes on", async () => {
    const command = await started(`[${oldKey}]`);
    const path = join(session.folder, ".sluice/ecds.json");
    const good = readFileSync(path, "utf8");
    const [sealed] = /sealed:[A-Za-z0-9+/=]+/.exec(good)!;
    const cut = `${sealed.slice(0, 40)}`;
    const changed = `${sealed.slice(0, 60)}${sealed[60] === "A" ? "B" : "A"}${sealed.slice(61)}`;
    const foreign = Sealer.of(newMasterKey())!.seal(newKey, "provider openai");
    for (const [index, [wrong, words]] of (
      [
        [cut, "found a sealed value that is cut or isn't base64"],
        [changed, "found a sealed value that was changed, or sealed for somebody else than provider openai"],
        [foreign, "found a value that another master key than SLUICE_MASTER_KEY has sealed"],
      ] as const
    ).entries()) {
      const said = command.outcome.errors.length;
      put(".sluice/ecds.json", good.replaceAll(sealed, wrong));
      await until(() => command.outcome.errors.slice(said).includes("apiTokens[0]"));
      const lines = command.outcome.errors
        .slice(said)
        .split("\n")
        .filter((line) => line.includes("providers[0].apiTokens[0]"));
      expect(lines, String(index)).toHaveLength(1);
      expect(lines[0]).toContain(words);
      for (const secret of [oldKey, newKey, sealed, wrong]) expect(command.outcome.errors.slice(said)).not.toContain(secret);
      expect(await ask()).toEqual({ status: 200, text: "Hi" });
      await pause(100);
    }
  });
});
