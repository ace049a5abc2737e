/** sluice render FILE --target envoy */

import { join, resolve } from "node:path";
import { bootstrapFile, runningFrom, updateFolder, writeFolder } from "../process/folder.ts";
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
    await updateFolder(rendered, directory, running, drainMilliseconds(loaded.gateway));
    process.stdout.write(`The gateway that runs from ${directory} has taken ${file}.\n`);
    return;
  }
  writeFolder(rendered, directory);
  process.stdout.write(`Wrote Envoy's configuration to ${directory}. Start it: envoy -c ${join(options.at ?? directory, bootstrapFile)}\n`);
}
