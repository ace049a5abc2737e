/** Which call a piece of a streamed tool call belongs to. */
import { Bytes } from "../../bytes/bytes";

/** A call that has begun. */
@final
export class TrackedCall {
  /** Its name has been handed on; until it comes a call waits. */
  isAnnounced: bool = false;

  constructor(
    /** Counted over the calls of a choice. */
    readonly position: i32,
    /** The provider's index; -1 where it gives none. */
    readonly wireIndex: i32,
    readonly id: Bytes,
  ) {}
}

/** More calls in one answer nobody makes: further pieces go to the last. */
const LIMIT = 1024;

/**
 * OpenAI numbers calls by `index` and says id and name once (https://platform.openai.com/docs/guides/function-calling#streaming). Among the compatible vendors some
 * leave the index or the id out, some repeat id and name in each piece, some make a new id for each piece, and some give every call the index 0.
 */
@final
export class CallTracker {
  private readonly calls: Array<TrackedCall> = [];
  /** Whether the last `find` began a call. */
  isNew: bool = false;

  /** The call of a piece; `wireIndex` is -1 where there is none. */
  find(wireIndex: i32, id: Bytes, hasName: bool): TrackedCall {
    this.isNew = false;
    const calls = this.calls;
    for (let i = calls.length - 1; i >= 0; i--) {
      const call = calls[i];
      if (wireIndex >= 0 ? call.wireIndex == wireIndex : isContinued(call, id, hasName)) {
        // Another id makes another call only where another name comes with it.
        if (wireIndex >= 0 && hasName && call.isAnnounced && !id.isEmpty && !call.id.isEmpty && !id.equals(call.id)) break;
        return call;
      }
    }
    return this.begin(wireIndex, id);
  }

  /** A call for itself, as whole answers have them. */
  begin(wireIndex: i32, id: Bytes): TrackedCall {
    const calls = this.calls;
    if (calls.length == LIMIT) return calls[LIMIT - 1];
    const call = new TrackedCall(calls.length, wireIndex, id.copy());
    calls.push(call);
    this.isNew = true;
    return call;
  }

  get count(): i32 {
    return this.calls.length;
  }
}

/** Without an index: the same id, or neither id nor name, continues; asked of the latest call first. */
function isContinued(call: TrackedCall, id: Bytes, hasName: bool): bool {
  return id.isEmpty ? !hasName : id.equals(call.id);
}
