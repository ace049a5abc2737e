import { Bytes } from "../bytes/bytes";
import { proxy_dequeue_shared_queue, proxy_enqueue_shared_queue, proxy_register_shared_queue, proxy_resolve_shared_queue } from "./imports";
import { OUT, outNumber, takeHanded } from "./memory";
import { Status } from "./types";

/** A queue that VMs of one process share. `RootContext.onQueueReady` tells its registrar of new messages. */
@final
export class SharedQueue {
  private constructor(public id: u32) {}

  /** Makes the queue, or finds it if this VM id has made it. */
  static register(queueName: Bytes): SharedQueue | null {
    return proxy_register_shared_queue(queueName.pointer, queueName.length, OUT) == Status.Ok ? new SharedQueue(outNumber()) : null;
  }

  /** Finds a queue that another VM id has made. */
  static resolve(vmId: Bytes, queueName: Bytes): SharedQueue | null {
    const status = proxy_resolve_shared_queue(vmId.pointer, vmId.length, queueName.pointer, queueName.length, OUT);
    return status == Status.Ok ? new SharedQueue(outNumber()) : null;
  }

  push(message: Bytes): Status {
    return proxy_enqueue_shared_queue(this.id, message.pointer, message.length);
  }

  /** The next message; null if there is none. */
  pop(): Bytes | null {
    return proxy_dequeue_shared_queue(this.id, OUT, OUT + 4) == Status.Ok ? takeHanded() : null;
  }
}
