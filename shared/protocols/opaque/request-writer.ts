/** A request that passes as it is, with another model's name. */
import { spanLength, spanStart, ABSENT } from "../../bytes/span";
import { unescape } from "../../json/unescape";
import { JsonWriter } from "../../json/writer";
import { Conversation } from "../conversation";
import { Target } from "../protocol";
import { isForm } from "./request-reader";

/** Writes the client's body with the target's model over the client's own. One that names none passes as it is: whose default applies is the provider's to say. */
export function writeWithModel(conversation: Conversation, target: Target, out: JsonWriter): void {
  const body = conversation.source.body;
  const model = conversation.modelJson;
  if (model == ABSENT) return out.bytes(body);
  const from = spanStart(model);
  const to = from + spanLength(model);
  out.range(body.buffer, body.start, from - body.start);
  if (isForm(conversation.contentType)) unescape(target.model, out);
  else {
    out.startValue();
    out.escaped(target.model);
  }
  out.range(body.buffer, to, body.start + body.length - to);
}
