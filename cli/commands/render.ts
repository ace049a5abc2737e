/** sluice render FILE --target envoy */

import { join, resolve } from "node:path";
import { CommandFailure } from "../failure.ts";
import { bootstrapFile, runningFrom, updateFolder, writeFolder } from "../process/folder.ts";
import { masterKeyVariable } from "../secrets/seal.ts";
import { defaultFolder, drainMilliseconds, loadGateway, renderFor, sealerFromEnvironment } from "./load.ts";

export interface RenderOptions {
  readonly target: string;
  readonly out?: string;
  readonly at?: string;
  readonly module?: string;
}

/** Writes Envoy's configuration; into the folder of a running gateway so that it takes the change without losing a request. */
export async function render(file: string, options: RenderOptions): Promise<void> {
  const loaded = loadGateway(file);
  const directory = resolve(options.out ?? defaultFolder(file));
  const rendered = renderFor(loaded, options.at ?? directory, options.module, sealerFromEnvironment());
  const running = await runningFrom(directory);
  if (running !== null) {
    try {
      await updateFolder(rendered, directory, running, drainMilliseconds(loaded.gateway));
    } catch (error) {
      if (!(error instanceof CommandFailure) || !rendered.module.environment.includes(masterKeyVariable)) throw error;
      throw new CommandFailure(
        error.status,
        `${error.message}\nThe keys are sealed by ${masterKeyVariable}, which must be what the gateway was started with. Where it was started without, give it changes by sluice up --watch.`,
      );
    }
    process.stdout.write(`The gateway that runs from ${directory} has taken ${file}.\n`);
    return;
  }
  writeFolder(rendered, directory);
  process.stdout.write(`Wrote Envoy's configuration to ${directory}. Start it: envoy -c ${join(options.at ?? directory, bootstrapFile)}\n`);
}
