/** Reads the bodies of `embedContent` and `batchEmbedContents`: https://ai.google.dev/api/embeddings */
import { ABSENT, Span, spanLength } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";
import { Seen } from "../../json/seen";
import { notAnObject, notJson } from "../complaint";
import { Conversation, SpanList } from "../conversation";
import { Failure } from "../failure";
import { releaseValues, textOf } from "../values";
import { ContentComplaint } from "./complaint";
import { isMember } from "./names";
import { readRepeatedModel } from "./repeated-model";

const CONTENT = 0;
const MODEL = 1;
const DIMENSIONS = 2;
/** Between the texts of two contents. */
const END: Span = ABSENT;

/** Reads requests one after the other: each content is one text of `conversation.inputJson`, in OpenAI's form. */
@final
export class EmbedRequestReader {
  private readonly json: JsonReader = new JsonReader();
  private readonly complaint: ContentComplaint = new ContentComplaint();
  private readonly seen: Seen = new Seen();
  private readonly texts: SpanList = new SpanList();

  read(conversation: Conversation): Failure | null {
    const failure = this.readBody(conversation);
    this.json.release();
    releaseValues();
    return failure;
  }

  private readBody(conversation: Conversation): Failure | null {
    const complaint = this.complaint;
    complaint.clear();
    this.texts.clear();
    const wanted = conversation.embedsOne ? "`content`" : "`requests`";
    const body = conversation.source.body;
    if (body.isEmpty) return Failure.field("", "the request has no body, expected a JSON object with " + wanted);
    const json = this.json.start(body);
    if (json.peek() != JsonType.Object) {
      const found = json.peek();
      return json.finish() ? notAnObject(found, wanted) : notJson(json);
    }
    if (conversation.embedsOne) this.readRequest(conversation);
    else this.readBatch(conversation);
    if (complaint.failure != null) return complaint.failure;
    if (!json.finish()) return notJson(json);
    this.writeInput(conversation);
    return null;
  }

  private readBatch(conversation: Conversation): void {
    const json = this.json;
    const complaint = this.complaint;
    let count = 0;
    let hasRequests = false;
    json.enterObject();
    while (json.nextKey()) {
      if (json.keyIs("model")) {
        if (!json.nothing()) readRepeatedModel(json, conversation, complaint);
      } else if (!json.keyIs("requests")) this.readOther(conversation);
      else {
        if (hasRequests) return complaint.duplicate("requests");
        hasRequests = true;
        if (!json.enterArray()) return complaint.wrongType("requests", json, "an array of requests");
        for (; json.nextElement(); count++) {
          complaint.within = "requests[" + count.toString() + "]";
          if (json.peek() != JsonType.Object) return complaint.wrongType("", json, "a request with `content`");
          complaint.within += ".";
          this.readRequest(conversation);
          if (complaint.failure != null) return;
        }
        complaint.within = "";
      }
      if (complaint.failure != null) return;
    }
    if (count == 0) complaint.missing("requests", json, "at least one request");
  }

  private readRequest(conversation: Conversation): void {
    const json = this.json;
    const complaint = this.complaint;
    const seen = this.seen;
    seen.clear();
    json.enterObject();
    while (json.nextKey()) {
      if (json.nothing()) continue;
      if (json.keyIs("model")) {
        if (!seen.first(MODEL)) return complaint.duplicate("model");
        readRepeatedModel(json, conversation, complaint);
      } else if (json.keyIs("content")) {
        if (!seen.first(CONTENT)) return complaint.duplicate("content");
        this.readContent(conversation);
      } else if (isMember(json, "outputDimensionality", "output_dimensionality")) {
        if (!seen.first(DIMENSIONS)) return complaint.duplicate("outputDimensionality");
        this.readDimensions(conversation);
      } else if (isMember(json, "taskType", "task_type")) {
        if (json.peek() != JsonType.String) return complaint.wrongType("taskType", json, "a string");
        json.skip();
      } else this.readOther(conversation);
      if (complaint.failure != null) return;
    }
    if (!seen.has(CONTENT)) complaint.missing("content", json, "a content with `parts`");
  }

  /** One length goes for all: another protocol has one place for it. */
  private readDimensions(conversation: Conversation): void {
    const json = this.json;
    const number = json.number();
    if (number == ABSENT) return this.complaint.wrongType("outputDimensionality", json, "a number");
    const known = conversation.dimensionsJson;
    if (known != ABSENT && !conversation.source.bytes(known).equals(json.bytes(number)))
      this.keep("outputDimensionality", number, conversation);
    conversation.dimensionsJson = number;
  }

  private readContent(conversation: Conversation): void {
    const json = this.json;
    const complaint = this.complaint;
    if (!json.enterObject()) return complaint.wrongType("content", json, "a content with `parts`");
    complaint.content = "content";
    let count = 0;
    while (json.nextKey()) {
      if (!json.keyIs("parts")) continue;
      if (json.peek() == JsonType.Object) {
        complaint.partIndex = count++;
        this.readPart(conversation);
      } else if (!json.enterArray()) return complaint.wrongType("parts", json, "an array of parts");
      else {
        while (json.nextElement()) {
          complaint.partIndex = count++;
          this.readPart(conversation);
          if (complaint.failure != null) return;
        }
      }
      if (complaint.failure != null) return;
      complaint.partIndex = -1;
    }
    if (count == 0) return complaint.missing("parts", json, "an array of parts");
    complaint.content = "";
    this.texts.add(END);
  }

  private readPart(conversation: Conversation): void {
    const json = this.json;
    const complaint = this.complaint;
    if (!json.enterObject()) return complaint.wrongType("", json, "a part");
    while (json.nextKey()) {
      if (json.nothing()) continue;
      if (json.keyIs("text")) {
        const text = textOf(json, "text", complaint);
        if (text == ABSENT) return;
        if (spanLength(text) > 0) this.texts.add(text);
      } else this.keepPath(conversation);
    }
  }

  /** What is no text, or changes the vectors, only Gemini can be told. */
  private readOther(conversation: Conversation): void {
    this.keepPath(conversation);
  }

  private keepPath(conversation: Conversation): void {
    const json = this.json;
    this.keep(json.bytes(json.keySpan).toString(), json.skip(), conversation);
  }

  private keep(name: string, value: Span, conversation: Conversation): void {
    if (value == ABSENT || conversation.others.length > 64) return;
    const source = conversation.source;
    const start = source.arena.length;
    source.arena.ascii(this.complaint.path(name.slice(0, 64)));
    conversation.others.add(source.since(start));
    conversation.others.add(value);
  }

  private writeInput(conversation: Conversation): void {
    const arena = conversation.source.arena;
    const start = arena.length;
    arena.byte(0x5b);
    let isOpen = false;
    for (let i = 0; i < this.texts.length; i++) {
      if (!isOpen) {
        if (arena.length > start + 1) arena.byte(0x2c);
        arena.byte(0x22);
        isOpen = true;
      }
      const text = this.texts.at(i);
      if (text != END) conversation.source.write(text, arena);
      else {
        arena.byte(0x22);
        isOpen = false;
      }
    }
    arena.byte(0x5d);
    conversation.inputJson = conversation.source.since(start);
  }
}
