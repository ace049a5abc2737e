import { Bytes } from "../bytes/bytes";
import { RootContext, StreamContext } from "./context";

/** Makes a root context. */
export type RootFactory = () => RootContext;

const names: Array<Bytes> = [];
const factories: Array<RootFactory> = [];
const roots = new Map<u32, RootContext>();
const streams = new Map<u32, StreamContext>();

/** Says which root context serves a root id. A module does so once, at its start; the first one also serves ids that nobody named. */
export function serve(rootId: string, factory: RootFactory): void {
  names.push(Bytes.of(rootId));
  factories.push(factory);
}

/** The root context that a new root id gets; null if the module serves none. */
export function makeRoot(rootId: Bytes): RootContext | null {
  for (let i = 0; i < names.length; i++) if (names[i].equals(rootId)) return factories[i]();
  return factories.length > 0 ? factories[0]() : null;
}

export function addRoot(root: RootContext): void {
  roots.set(root.id, root);
}

export function rootOf(id: u32): RootContext | null {
  return roots.has(id) ? roots.get(id) : null;
}

export function addStream(stream: StreamContext): void {
  streams.set(stream.id, stream);
}

export function streamOf(id: u32): StreamContext | null {
  return streams.has(id) ? streams.get(id) : null;
}

export function removeContext(id: u32): void {
  roots.delete(id);
  streams.delete(id);
}
