/** What `sluice up --watch` does when files change. */

import { resolve } from "node:path";
import type { Rendered } from "../envoy/render.ts";
import { CommandFailure } from "../failure.ts";
import { updateFolder } from "../process/folder.ts";
import type { RunningEnvoy } from "../process/run-envoy.ts";
import { watchFiles, type Watch } from "../process/watch.ts";
import type { Sealer } from "../secrets/seal.ts";
import { secretFiles } from "../gateway/seal-gateway.ts";
import { drainMilliseconds, loadGateway, needVariables, renderFor, tell, type LoadedGateway } from "./load.ts";

export interface FollowOptions {
  readonly directory: string;
  readonly sealer: Sealer;
  readonly module: string | undefined;
}

/** A gateway.yaml whose changes, and whose secrets' changes, a running gateway takes. */
export class FollowedFile {
  readonly #file: string;
  readonly #options: FollowOptions;
  readonly #running: RunningEnvoy;
  readonly #watch: Watch;
  #loaded: LoadedGateway;
  #taken: string;

  constructor(file: string, loaded: LoadedGateway, rendered: Rendered, options: FollowOptions, running: RunningEnvoy) {
    this.#file = file;
    this.#options = options;
    this.#running = running;
    this.#loaded = loaded;
    this.#taken = textOf(rendered);
    const watched = (): string[] => [resolve(file), ...secretFiles(this.#loaded.gateway, this.#loaded.directory)];
    this.#watch = watchFiles(watched, () => this.#changed());
  }

  stop(): void {
    this.#watch.stop();
  }

  /** Whatever is wrong is said, and the former configuration goes on. */
  async #changed(): Promise<void> {
    const { directory, sealer, module } = this.#options;
    try {
      const loaded = loadGateway(this.#file);
      // From here on its files are watched, those that aren't there yet as well.
      this.#loaded = loaded;
      needVariables(loaded);
      const rendered = renderFor(loaded, directory, module, sealer);
      const text = textOf(rendered);
      if (text === this.#taken) return;
      await updateFolder(rendered, directory, this.#running.admin, drainMilliseconds(loaded.gateway));
      this.#taken = text;
      tell(`The gateway has taken ${this.#file}.`);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      tell(error instanceof CommandFailure ? message : `${this.#file}: ${message}`);
      tell("The gateway goes on with what it had.");
    }
  }
}

function textOf({ module, bootstrap, listeners, clusters, routes, filters }: Rendered): string {
  return JSON.stringify([module.fileName, bootstrap, listeners, clusters, routes, filters]);
}
