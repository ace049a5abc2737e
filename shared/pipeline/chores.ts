/** What a module does beside requests, from time to time, in the root context that it is about. */
import { effectiveContext, setEffectiveContext } from "../host/stream";
import { setTickPeriod } from "../host/time";

/** How often chores run, in milliseconds, while there are any. */
const PERIOD: u32 = 20;

/** Something to look after again and again. */
export abstract class Chore {
  /** Whether there is more to do later. */
  abstract run(): bool;
}

const chores: Array<Chore> = [];
const owners: Array<u32> = [];

/** Runs a chore every few milliseconds from now on, in a root context, until it says that it is done. One that runs already isn't added. */
export function begin(root: u32, chore: Chore): void {
  for (let i = 0; i < chores.length; i++) if (chores[i] === chore) return;
  chores.push(chore);
  owners.push(root);
  const own = effectiveContext();
  setEffectiveContext(root);
  setTickPeriod(PERIOD);
  setEffectiveContext(own);
}

/** The host's tick for a root context. */
export function runChores(root: u32): void {
  const due: Array<Chore> = [];
  for (let i = 0; i < chores.length; i++) if (owners[i] == root) due.push(chores[i]);
  for (let i = 0; i < due.length; i++) if (!due[i].run()) forget(due[i]);
  for (let i = 0; i < owners.length; i++) if (owners[i] == root) return;
  setEffectiveContext(root);
  setTickPeriod(0);
}

function forget(chore: Chore): void {
  const at = chores.indexOf(chore);
  if (at < 0) return;
  chores.splice(at, 1);
  owners.splice(at, 1);
}

/** A root context is gone. */
export function forgetChores(root: u32): void {
  for (let i = owners.length - 1; i >= 0; i--) {
    if (owners[i] != root) continue;
    chores.splice(i, 1);
    owners.splice(i, 1);
  }
}
