/** A client's own body for a provider of the same protocol: copied byte for byte but for the model's name, and the usage that we want to be told. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span, spanLength, spanStart } from "../../bytes/span";
import { JsonReader } from "../../json/reader";
import { JsonWriter } from "../../json/writer";
import { Conversation } from "../conversation";
import { Operation } from "../operation";
import { Target } from "../protocol";

const READER = new JsonReader();

/** Whether `stream_options.include_usage` has to be set: streams have usage only if it is asked for (https://platform.openai.com/docs/api-reference/chat/create#chat-create-stream_options). */
export function needsUsage(conversation: Conversation, target: Target): bool {
  return conversation.operation == Operation.Chat && conversation.stream && !conversation.includeUsage && target.takesStreamOptions;
}

/** Writes the body of an OpenAI client for another provider of OpenAI's protocol. */
export function writeEdited(conversation: Conversation, target: Target, out: JsonWriter): void {
  const body = conversation.source.body;
  const model = target.modelChanged ? conversation.modelJson : ABSENT;
  const isAsking = needsUsage(conversation, target);
  const options = isAsking ? conversation.streamOptionsJson : ABSENT;
  const end = body.start + body.length;
  // The two values stand in either order.
  let at = body.start;
  if (model != ABSENT && (options == ABSENT || spanStart(model) < spanStart(options))) at = writeModel(body, at, model, target, out);
  if (options != ABSENT) {
    out.range(body.buffer, at, spanStart(options) - at);
    writeOptions(body, options, out);
    at = spanStart(options) + spanLength(options);
    if (model != ABSENT && spanStart(model) > spanStart(options)) at = writeModel(body, at, model, target, out);
  } else if (isAsking) {
    // The body is an object with members, so its last brace closes them.
    let brace = end - 1;
    while (brace > at && body.at(brace - body.start) != 0x7d) brace--;
    out.range(body.buffer, at, brace - at);
    out.ascii(',"stream_options":{"include_usage":true}');
    at = brace;
  }
  out.range(body.buffer, at, end - at);
}

/** Copies up to the model's value and writes the other one in its place; where the copy goes on. */
function writeModel(body: Bytes, at: i32, model: Span, target: Target, out: JsonWriter): i32 {
  out.range(body.buffer, at, spanStart(model) - at);
  out.startValue();
  out.escaped(target.model);
  return spanStart(model) + spanLength(model);
}

/** The client's options with `include_usage` set to true, wherever and however often it stands, or added in front. */
function writeOptions(body: Bytes, options: Span, out: JsonWriter): void {
  const json = READER.start(new Bytes().set(body.buffer, spanStart(options), spanLength(options)));
  let at = spanStart(options);
  let isSet = false;
  if (!json.enterObject()) return out.ascii('{"include_usage":true}');
  let count = 0;
  while (json.nextKey()) {
    count++;
    if (!json.keyIs("include_usage")) continue;
    const value = json.skip();
    out.range(body.buffer, at, spanStart(value) - at);
    out.ascii("true");
    at = spanStart(value) + spanLength(value);
    isSet = true;
  }
  if (!isSet) {
    out.ascii(count > 0 ? '{"include_usage":true,' : '{"include_usage":true');
    at++;
  }
  out.range(body.buffer, at, spanStart(options) + spanLength(options) - at);
}
