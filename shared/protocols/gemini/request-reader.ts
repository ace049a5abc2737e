/** Reads the body of `generateContent`, `streamGenerateContent` and `countTokens`: https://ai.google.dev/api/generate-content#request-body, https://ai.google.dev/api/tokens */
import { ABSENT } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";
import { Seen } from "../../json/seen";
import { notAnObject, notJson } from "../complaint";
import { Conversation } from "../conversation";
import { Failure } from "../failure";
import { Operation } from "../operation";
import { releaseValues } from "../values";
import { ContentComplaint } from "./complaint";
import { ConfigReader } from "./config-reader";
import { ContentsReader } from "./contents-reader";
import { isMember } from "./names";
import { readRepeatedModel } from "./repeated-model";
import { ToolsReader } from "./tools-reader";

// The members that policy decides by, so none may come twice: for `Seen`.
const CONTENTS = 0;
const SYSTEM = 1;
const TOOLS = 2;
const TOOL_CONFIG = 3;
const CONFIG = 4;
const SAFETY = 5;
const CACHED = 6;
const MODEL = 7;
const REQUEST = 8;

/** Reads requests one after the other into conversations; between two it keeps nothing. The model and whether to stream are the path's. */
@final
export class GenerateRequestReader {
  private readonly json: JsonReader = new JsonReader();
  private readonly complaint: ContentComplaint = new ContentComplaint();
  private readonly contents: ContentsReader = new ContentsReader();
  private readonly tools: ToolsReader = new ToolsReader();
  private readonly config: ConfigReader = new ConfigReader();
  private readonly outer: Seen = new Seen();
  private readonly inner: Seen = new Seen();

  /** Reads `conversation.source.body`; null if it is a request. */
  read(conversation: Conversation): Failure | null {
    const failure = this.readBody(conversation);
    this.json.release();
    this.contents.release();
    releaseValues();
    return failure;
  }

  private readBody(conversation: Conversation): Failure | null {
    const complaint = this.complaint;
    complaint.clear();
    this.contents.begin();
    this.tools.begin();
    const body = conversation.source.body;
    if (body.isEmpty) return Failure.field("", "the request has no body, expected a JSON object with `contents`");
    const json = this.json.start(body);
    if (json.peek() != JsonType.Object) {
      const found = json.peek();
      return json.finish() ? notAnObject(found, "`contents`") : notJson(json);
    }
    this.readRequest(this.outer, conversation);
    if (complaint.failure != null) return complaint.failure;
    if (!json.finish()) return notJson(json);
    this.tools.keepAllowed(conversation);
    return null;
  }

  /** Reads the next value, an object: the request, or one inside of it. */
  private readRequest(seen: Seen, conversation: Conversation): void {
    const json = this.json;
    const complaint = this.complaint;
    seen.clear();
    if (!json.enterObject()) return complaint.wrongType("", json, "an object with `contents`");
    while (json.nextKey()) {
      this.readMember(seen, conversation);
      if (complaint.failure != null) return;
    }
    if (seen.has(REQUEST)) {
      if (seen.has(CONTENTS)) complaint.say("contents", "stands beside `generateContentRequest`: send one of the two");
    } else if (!seen.has(CONTENTS)) complaint.missing("contents", json, "an array of contents");
    else if (!this.contents.hasContents) complaint.say("contents", "is empty, expected at least one content");
  }

  private readMember(seen: Seen, conversation: Conversation): void {
    const json = this.json;
    const complaint = this.complaint;
    // Google's JSON takes null for a member that isn't there.
    if (json.peek() == JsonType.Null) {
      json.skip();
      return;
    }
    if (json.keyIs("contents")) {
      if (!seen.first(CONTENTS)) return complaint.duplicate("contents");
      return this.contents.readContents(json, conversation, complaint);
    }
    if (isMember(json, "systemInstruction", "system_instruction")) {
      if (!seen.first(SYSTEM)) return complaint.duplicate("systemInstruction");
      return this.contents.readSystem(json, conversation, complaint);
    }
    if (json.keyIs("tools")) {
      if (!seen.first(TOOLS)) return complaint.duplicate("tools");
      return this.tools.readTools(json, conversation, complaint);
    }
    if (isMember(json, "toolConfig", "tool_config")) {
      if (!seen.first(TOOL_CONFIG)) return complaint.duplicate("toolConfig");
      return this.tools.readConfig(json, conversation, complaint);
    }
    if (isMember(json, "generationConfig", "generation_config")) {
      if (!seen.first(CONFIG)) return complaint.duplicate("generationConfig");
      return this.config.read(json, conversation, complaint);
    }
    if (json.keyIs("model")) {
      if (!seen.first(MODEL)) return complaint.duplicate("model");
      return readRepeatedModel(json, conversation, complaint);
    }
    this.readOther(seen, conversation);
  }

  private readOther(seen: Seen, conversation: Conversation): void {
    const json = this.json;
    const complaint = this.complaint;
    if (isMember(json, "safetySettings", "safety_settings")) {
      if (!seen.first(SAFETY)) return complaint.duplicate("safetySettings");
      if (json.peek() != JsonType.Array) return complaint.wrongType("safetySettings", json, "an array of settings");
      return this.keep("safetySettings", conversation);
    }
    if (isMember(json, "cachedContent", "cached_content")) {
      if (!seen.first(CACHED)) return complaint.duplicate("cachedContent");
      if (json.peek() != JsonType.String) return complaint.wrongType("cachedContent", json, "a string");
      return this.keep("cachedContent", conversation);
    }
    if (isMember(json, "serviceTier", "service_tier")) {
      if (json.peek() != JsonType.String) return complaint.wrongType("serviceTier", json, "a string");
      return this.keep("serviceTier", conversation);
    }
    if (json.keyIs("labels")) {
      if (json.peek() != JsonType.Object) return complaint.wrongType("labels", json, "an object");
      return this.keep("labels", conversation);
    }
    if (conversation.operation == Operation.CountTokens && isMember(json, "generateContentRequest", "generate_content_request")) {
      if (complaint.within.length > 0 || !seen.first(REQUEST)) return complaint.duplicate("generateContentRequest");
      complaint.within = "generateContentRequest.";
      this.readRequest(this.inner, conversation);
      if (complaint.failure == null) complaint.within = "";
      return;
    }
    conversation.others.add(json.keySpan);
    conversation.others.add(json.skip());
  }

  private keep(name: string, conversation: Conversation): void {
    const value = this.json.skip();
    if (value == ABSENT) return;
    conversation.others.add(conversation.source.keepAscii(name));
    conversation.others.add(value);
  }
}
