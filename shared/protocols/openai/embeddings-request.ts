/** Reads the body of an embeddings request: https://platform.openai.com/docs/api-reference/embeddings/create */
import { ABSENT } from "../../bytes/span";
import { JsonType } from "../../json/reader";
import { BodyReader } from "../body-reader";
import { Conversation } from "../conversation";
import { foldedName } from "../folded";
import { Complaint } from "./complaint";
import { readModel, textOf } from "../values";

const MODEL = 0;
const INPUT = 1;
const NAMES: StaticArray<string> = ["model", "input"];

/** Reads requests one after the other into conversations; between two it keeps nothing. */
@final
export class EmbeddingsRequestReader extends BodyReader {
  private readonly complaint: Complaint;

  constructor() {
    const complaint = new Complaint();
    super(complaint, "`model` and `input`");
    this.complaint = complaint;
  }

  protected override finish(conversation: Conversation): void {
    if (conversation.model == ABSENT) this.complaint.missing("model", this.json, "the name of a model");
    else if (conversation.inputJson == ABSENT) this.complaint.missing("input", this.json, "a string or an array");
  }

  protected override readMember(conversation: Conversation): void {
    const json = this.json;
    const complaint = this.complaint;
    if (json.keyIs("model")) {
      if (!this.seen.first(MODEL)) return complaint.duplicate("model");
      if (!json.nothing()) readModel(json, conversation, complaint);
    } else if (json.keyIs("input")) {
      if (!this.seen.first(INPUT)) return complaint.duplicate("input");
      this.readInput(conversation);
    } else if (json.keyIs("user")) {
      if (!json.nothing()) conversation.user = textOf(json, "user", complaint);
    } else this.readOther(conversation);
  }

  /** A text, texts, the tokens of a text, or of texts; some vendors take objects with images. */
  private readInput(conversation: Conversation): void {
    const json = this.json;
    const from = json.offset;
    if (json.nothing()) return;
    if (json.peek() == JsonType.String) {
      conversation.inputJson = json.skip();
      return;
    }
    if (!json.enterArray()) return this.complaint.wrongType("input", json, "a string, or an array of strings or of tokens");
    let count = 0;
    for (; json.nextElement(); count++) {
      const type = json.peek();
      if (type == JsonType.True || type == JsonType.False || type == JsonType.Null) {
        return this.complaint.wrongType("input[" + count.toString() + "]", json, "a string, a token or an array of tokens");
      }
    }
    if (count == 0 && !json.failed) return this.complaint.say("input", "is empty, expected at least one text");
    conversation.inputJson = json.spanSince(from);
  }

  /** `encoding_format` and `dimensions` go to the provider as they are; a wrong type is found here. */
  private readOther(conversation: Conversation): void {
    const json = this.json;
    const complaint = this.complaint;
    const type = json.peek();
    if (json.keyIs("encoding_format") && type != JsonType.String && type != JsonType.Null)
      return complaint.wrongType("encoding_format", json, "a string");
    if (json.keyIs("dimensions") && type != JsonType.Number && type != JsonType.Null)
      return complaint.wrongType("dimensions", json, "a number");
    const areDimensions = json.keyIs("dimensions");
    const folded = foldedName(conversation.source, json, NAMES);
    if (folded != null) return complaint.otherSpelling(folded, conversation.source, json.keySpan);
    const name = json.keySpan;
    const isFormat = json.keyIs("encoding_format");
    const value = json.skip();
    if (isFormat) conversation.base64Vectors = conversation.source.is(value, '"base64"');
    conversation.others.add(name);
    conversation.others.add(value);
    if (areDimensions && type == JsonType.Number) conversation.dimensionsJson = value;
  }
}
