import { Bytes } from "../bytes/bytes";
import { AnswerEvent, EventSink } from "../protocols/answer";
import { Failure } from "../protocols/failure";
import { Exchange } from "./exchange";
import { Needs } from "./needs";
import { Verdict } from "./verdict";

/**
 * One policy in the way of a request. A stage holds its configuration and no state of a request: one object serves all. Hooks come in the order below, each for all stages of a module before the next
 * hook begins; those about the answer come in the reverse order of stages.
 */
export abstract class Stage {
  constructor(
    /** The plugin's name. */
    public name: string,
    /** `Needs` flags. */
    public needs: u32 = Needs.Head,
  ) {}

  /** What this stage needs of this very request, once `onHead` is through: less than `needs` where it has nothing to do. */
  needsOf(_exchange: Exchange): u32 {
    return this.needs;
  }

  /** The request's headers are known; nothing else is read, the route isn't final. */
  onHead(_exchange: Exchange): Verdict {
    return Verdict.Pass;
  }

  /** The request is read, and nothing is decided: here a stage asks a store for what it will have to know. */
  onRead(_exchange: Exchange): Verdict {
    return Verdict.Pass;
  }

  /** The model is known (`exchange.model`): here it may be changed and the route chosen. */
  onModel(_exchange: Exchange): Verdict {
    return Verdict.Pass;
  }

  /** Route and model are final: what this caller may not use is refused here. */
  onRoute(_exchange: Exchange): Verdict {
    return Verdict.Pass;
  }

  /** The request is read. */
  onConversation(_exchange: Exchange): Verdict {
    return Verdict.Pass;
  }

  /** The last word before the request leaves: on targets, reservations. */
  onPlan(_exchange: Exchange): Verdict {
    return Verdict.Pass;
  }

  /** An event of the answer: hands on none, one or more. Only with `Needs.Answer`. */
  onEvent(_exchange: Exchange, event: AnswerEvent, next: EventSink): void {
    next.on(event);
  }

  /** Which provider (its id) a request goes to whose model doesn't say; null: nothing is known here. The body has been read. */
  providerFor(_exchange: Exchange): Bytes | null {
    return null;
  }

  /** Why the caller may not use this model (UTF-8); null: nothing here is against it. */
  mayUse(_exchange: Exchange, _model: Bytes): Failure | null {
    return null;
  }

  /** The exchange is over, whatever became of it: always once, perhaps without any hook before. Host calls act, the client is gone. */
  onEnd(_exchange: Exchange): void {}
}
