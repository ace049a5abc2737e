import { Result } from "./abi.ts";

/** One shared value and its version. */
export interface SharedValue {
  value: Uint8Array;
  cas: number;
}

/** Shared data of one Envoy process: one store a vm_id, seen by all workers; no delete, list or expiry. */
export class SharedData {
  readonly #stores = new Map<string, Map<string, SharedValue>>();
  #version = 1;

  store(vmId: string): Map<string, SharedValue> {
    let store = this.#stores.get(vmId);
    if (store === undefined) this.#stores.set(vmId, (store = new Map()));
    return store;
  }

  get(vmId: string, key: string): SharedValue | undefined {
    return this.store(vmId).get(key);
  }

  /** `cas` 0 overwrites; another one must be the version of a present value, and is not looked at for an absent one. */
  set(vmId: string, key: string, value: Uint8Array, cas: number): number {
    const store = this.store(vmId);
    const present = store.get(key);
    if (present !== undefined && cas !== 0 && cas !== present.cas) return Result.CasMismatch;
    store.set(key, { value: value.slice(), cas: this.#version });
    this.#version = (this.#version + 1) >>> 0 || 1;
    return Result.Ok;
  }
}

interface Queue {
  readonly items: Uint8Array[];
  notify: (token: number) => void;
}

/** Shared queues of one Envoy process; a queue tells the root context that registered it last about each new item. */
export class SharedQueues {
  readonly #tokens = new Map<string, number>();
  readonly #queues = new Map<number, Queue>();

  register(vmId: string, name: string, notify: (token: number) => void): number {
    const key = `${vmId}\0${name}`;
    let token = this.#tokens.get(key);
    if (token === undefined) this.#tokens.set(key, (token = this.#tokens.size + 1));
    const queue = this.#queues.get(token);
    if (queue === undefined) this.#queues.set(token, { items: [], notify });
    else queue.notify = notify;
    return token;
  }

  /** The token, or 0 where nobody registered that queue. */
  resolve(vmId: string, name: string): number {
    return this.#tokens.get(`${vmId}\0${name}`) ?? 0;
  }

  enqueue(token: number, item: Uint8Array): number {
    const queue = this.#queues.get(token);
    if (queue === undefined) return Result.NotFound;
    queue.items.push(item.slice());
    queue.notify(token);
    return Result.Ok;
  }

  /** The oldest item, or the status that says why there is none. */
  dequeue(token: number): Uint8Array | number {
    const queue = this.#queues.get(token);
    if (queue === undefined) return Result.NotFound;
    return queue.items.shift() ?? Result.Empty;
  }
}
