/** Reads a request that passes as it is, as far as policy needs it: which model it asks for, and whether it wants a stream. */
import { Bytes } from "../../bytes/bytes";
import { isMediaType } from "../../bytes/media-type";
import { ABSENT, Span, span } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";
import { Seen } from "../../json/seen";
import { escape } from "../../json/unescape";
import { MultipartReader } from "../../http/multipart";
import { RequestComplaint, notAnObject, notJson } from "../complaint";
import { Conversation } from "../conversation";
import { Failure } from "../failure";
import { foldedName } from "../folded";
import { mayOmitModel } from "../operation";
import { readModel } from "../values";

const MODEL = 0;
const STREAM = 1;
const STREAM_FORMAT = 2;
const NAMES: StaticArray<string> = ["model", "stream", "stream_format"];

/** Everything that is looked at stands at the top. */
@final
class TopComplaint extends RequestComplaint {
  override path(field: string): string {
    return field;
  }
}

/** Reads requests one after the other into conversations; between two it keeps nothing. */
@final
export class OpaqueRequestReader {
  private readonly json: JsonReader = new JsonReader();
  private readonly form: MultipartReader = new MultipartReader();
  private readonly complaint: TopComplaint = new TopComplaint();
  private readonly seen: Seen = new Seen();

  /** Reads `conversation.source.body`; null if it may pass. */
  read(conversation: Conversation): Failure | null {
    this.complaint.failure = null;
    this.seen.clear();
    if (isForm(conversation.contentType)) this.readForm(conversation);
    else if (!conversation.source.body.isEmpty) this.readJson(conversation);
    this.json.release();
    this.form.release();
    const complaint = this.complaint;
    if (complaint.failure == null && conversation.model == ABSENT && !mayOmitModel(conversation.operation))
      complaint.say("model", "is missing, expected the name of a model");
    return complaint.failure;
  }

  private readJson(conversation: Conversation): void {
    const complaint = this.complaint;
    const json = this.json.start(conversation.source.body);
    if (!json.enterObject()) {
      const found = json.peek();
      complaint.failure = json.finish() ? notAnObject(found, "the members that this path takes") : notJson(json);
      return;
    }
    while (json.nextKey() && complaint.failure == null) this.readMember(conversation);
    if (complaint.failure == null && !json.finish()) complaint.failure = notJson(json);
  }

  private readMember(conversation: Conversation): void {
    const json = this.json;
    const complaint = this.complaint;
    if (json.keyIs("model")) {
      if (!this.seen.first(MODEL)) return complaint.duplicate("model");
      if (!json.nothing()) readModel(json, conversation, complaint);
    } else if (json.keyIs("stream")) {
      if (!this.seen.first(STREAM)) return complaint.duplicate("stream");
      if (json.nothing()) return;
      const value = json.bool();
      if (value == JsonType.None) complaint.wrongType("stream", json, "a boolean");
      if (value == JsonType.True) conversation.stream = true;
    } else if (json.keyIs("stream_format")) {
      // Speech as events: https://platform.openai.com/docs/api-reference/audio/createSpeech#audio-createspeech-stream_format
      if (!this.seen.first(STREAM_FORMAT)) return complaint.duplicate("stream_format");
      const word = json.string();
      if (word != ABSENT && json.bytes(word).is("sse")) conversation.stream = true;
    } else {
      const folded = foldedName(conversation.source, json, NAMES);
      if (folded != null) complaint.otherSpelling(folded, conversation.source, json.keySpan);
    }
  }

  private readForm(conversation: Conversation): void {
    const complaint = this.complaint;
    const form = this.form.start(conversation.source.body, conversation.contentType);
    while (form.next() && complaint.failure == null) {
      if (form.name.is("model")) {
        if (!this.seen.first(MODEL)) complaint.duplicate("model");
        else if (form.isFile) complaint.say("model", "is a file, expected the name of a model");
        else if (form.value.isEmpty) complaint.say("model", "is empty, expected the name of a model");
        else {
          conversation.modelJson = spanOf(form.value);
          conversation.model = escapedInto(conversation, form.value);
        }
      } else if (form.name.is("stream")) {
        if (!this.seen.first(STREAM)) complaint.duplicate("stream");
        else conversation.stream = form.value.isIgnoringCase("true") || form.value.is("1");
      }
    }
    if (complaint.failure == null && form.failed) complaint.failure = notAForm(form);
  }
}

/** Whether a content type says multipart/form-data. */
export function isForm(contentType: Bytes): bool {
  return isMediaType(contentType, "multipart/form-data");
}

/** A body that is no form, or none that all readers take alike. */
export function notAForm(form: MultipartReader): Failure {
  return Failure.field("", "the request body is not valid multipart/form-data: the form " + form.error);
}

function spanOf(value: Bytes): Span {
  return span(value.start, value.length);
}

/** A value of a form as string content. */
export function escapedInto(conversation: Conversation, value: Bytes): Span {
  const arena = conversation.source.arena;
  const start = arena.length;
  escape(value, arena);
  return conversation.source.since(start);
}
