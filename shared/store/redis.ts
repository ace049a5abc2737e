import { Command } from "./command";
import { Reply, ReplyReader } from "./reply";

/** Waits for the reply to one command. */
export abstract class ReplyHandler {
  /**
   * The reply, once for each command. It holds while this runs; `elements` steps through its values, if it is a list. `Lost`: Redis couldn't be asked, so nobody knows whether the command was carried out. Host calls act on any context here: who means one's own
   * sets it first. It may be called before `send` returns.
   */
  abstract onReply(reply: Reply, elements: ReplyReader): void;
}

/** A Redis. What callers know of it: a command, and who hears the reply. How commands get there, alone or many at once, is the implementation's. */
export abstract class Redis {
  /** Sends a command, which may be used anew at once. `handler` null: nobody cares how it goes. */
  abstract send(command: Command, handler: ReplyHandler | null): void;
}
