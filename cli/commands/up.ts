/** sluice up FILE */

import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { CommandFailure } from "../failure.ts";
import { formatAddress } from "../gateway/addresses.ts";
import { findEnvoy } from "../process/find-envoy.ts";
import { dropFormerClusters, runningFrom, writeFolder } from "../process/folder.ts";
import { needFreeAddress } from "../process/ports.ts";
import { RunningEnvoy } from "../process/run-envoy.ts";
import { Sealer, masterKeyVariable, newMasterKey } from "../secrets/seal.ts";
import { FollowedFile } from "./follow.ts";
import {
  defaultFolder,
  drainMilliseconds,
  loadGateway,
  needVariables,
  renderFor,
  sealerFromEnvironment,
  tell,
  type LoadedGateway,
} from "./load.ts";
import { welcome } from "./welcome.ts";

export interface UpOptions {
  readonly dir?: string;
  readonly envoy?: string;
  readonly module?: string;
  /** Envoy's worker threads; left out: one for each core. */
  readonly concurrency?: number;
  /** Seconds that requests in flight get when the gateway stops. */
  readonly drain: number;
  /** Take changes of FILE, and of files that keys come from. */
  readonly watch?: boolean;
}

/** Checks, renders, starts Envoy, and keeps it running until it is told to stop. Words go to standard error; standard output is the access log's. */
export async function up(file: string, options: UpOptions): Promise<void> {
  const loaded = loadGateway(file);
  const { gateway } = loaded;
  needVariables(loaded);
  const directory = resolve(options.dir ?? defaultFolder(file));
  const sealer = sealerFor(loaded);
  const rendered = renderFor(loaded, directory, options.module, sealer);
  const other = await runningFrom(directory);
  if (other !== null) {
    throw new CommandFailure(
      2,
      `A gateway already runs from ${directory}. To give it the changed file: sluice render ${file}. To run another one beside it: --dir. ` +
        `To end one whose sluice up was killed: curl -X POST ${other.url}/quitquitquit`,
    );
  }
  await needFreeAddress(gateway.listen, "listen");
  await needFreeAddress(gateway.admin, "admin");
  const envoy = await findEnvoy({ asked: options.envoy, environment: process.env, tell });

  writeFolder(rendered, directory);
  if (gateway.accessLog !== null) mkdirSync(dirname(gateway.accessLog), { recursive: true });
  const running = new RunningEnvoy(envoy, directory, gateway.admin, { [masterKeyVariable]: sealer.masterKey }, options.concurrency);
  process.once("exit", () => running.kill());
  const stop = stopWhenAsked(running, options.drain);
  try {
    await running.ready(gateway);
    tell(welcome(gateway, { envoy, directory }));
    const followed = options.watch
      ? new FollowedFile(file, loaded, rendered, { directory, sealer, module: options.module }, running)
      : null;
    const sweep = setInterval(() => dropFormerClusters(directory, drainMilliseconds(gateway), Date.now()), 60_000);
    const end = await running.ended;
    clearInterval(sweep);
    followed?.stop();
    if (!stop.asked) throw new CommandFailure(2, `Envoy ${end}. What it said stands above.`);
  } catch (error) {
    await running.stop();
    // Whoever stops a gateway that is still starting wants no explanation of why it didn't.
    if (!stop.asked) throw error;
  }
  tell(`The gateway at ${formatAddress(gateway.listen)} has stopped.`);
}

/** By the master key of the environment, or one for this run, which is in no file. */
function sealerFor({ gateway, place }: LoadedGateway): Sealer {
  const own = sealerFromEnvironment();
  if (own !== null) return own;
  const sealed = gateway.secrets.find(({ text }) => text.startsWith("sealed:"));
  if (sealed !== undefined) {
    throw new CommandFailure(
      2,
      `${place(sealed.position)}: ${sealed.usedBy}: its key is sealed, and ${masterKeyVariable} is not set. Set it to the key that sealed it.`,
    );
  }
  return Sealer.of(newMasterKey())!;
}

/** The first signal lets requests end, the second doesn't wait. */
function stopWhenAsked(running: RunningEnvoy, drainSeconds: number): { asked: boolean } {
  const state = { asked: false };
  const stop = (): void => {
    if (state.asked) {
      void running.stop();
      return;
    }
    state.asked = true;
    tell(`Stopping: no new requests; those in flight have ${drainSeconds} s (once more to stop at once).`);
    void running.drain(drainSeconds * 1000);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  // Not a second signal: Ctrl+C ends npx too, while requests are still being answered here.
  whenNpxIsGone(() => state.asked || stop());
  return state;
}

/** npx passes no SIGTERM on: it ends, and what it started would run on with nobody who knows its process. */
function whenNpxIsGone(act: () => void): void {
  if (process.env.npm_command !== "exec") return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    act();
  }, 1000);
  watch.unref();
}
