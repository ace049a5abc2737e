/** In what a vendor's answers differ from OpenAI's, whose the defaults are. */
import { Bytes } from "../../bytes/bytes";

export class AnswerQuirks {
  /** Whether OpenAI's own clients, too, get an answer that is written anew: what the vendor sends isn't what their libraries read. */
  rewrites: bool = false;
  /** Whether a stream may be complete without a finish reason: `[DONE]` says so. */
  endsWithoutReason: bool = false;

  /** An event's data, or a whole body, in OpenAI's form; valid until the next call. */
  plain(data: Bytes): Bytes {
    return data;
  }
}

export const OPENAI_ANSWERS = new AnswerQuirks();
