/** Watches files by asking for their state again and again: that sees renames, links that are moved (as Kubernetes' secrets are) and network mounts, where notifications don't. */

import { statSync } from "node:fs";

export interface Watch {
  stop(): void;
}

/**
 * Calls `changed` after one of the files has changed, appeared or gone, once they have been the same for one interval. Never twice at a time: what changes meanwhile is seen afterwards.
 *
 * @param files Absolute paths; asked for each time, since the files themselves may say which they are.
 */
export function watchFiles(files: () => readonly string[], changed: () => Promise<void>, intervalMilliseconds: number = 250): Watch {
  const state = (): string => files().map(stateOf).join("\n");
  let acted = state();
  let last = acted;
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    const now = state();
    const settled = now === last;
    last = now;
    if (!settled || now === acted) return;
    acted = now;
    busy = true;
    void changed().finally(() => {
      busy = false;
    });
  }, intervalMilliseconds);
  return { stop: () => clearInterval(timer) };
}

function stateOf(path: string): string {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(path);
    return `${path} ${ino} ${size} ${mtimeMs} ${ctimeMs}`;
  } catch {
    return `${path} is not there`;
  }
}
