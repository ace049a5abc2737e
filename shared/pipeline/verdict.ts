/** What a stage decides in a hook. `Exchange.refuse` and `Exchange.answer` make the last two. */
export enum Verdict {
  /** On to the next stage. */
  Pass,
  /** The request waits until `Exchange.resume` is called, which goes on with the next stage. */
  Wait,
  /** As `Wait`, but asks the same stage again: what it waited for decides what it does. */
  AskAgain,
  /** The client gets `Exchange.failure` in its own protocol. */
  Refuse,
  /** The client gets `Exchange.localAnswer`. */
  Answer,
}
