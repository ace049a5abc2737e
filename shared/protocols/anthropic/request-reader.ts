/** Reads the body of a Messages request: https://docs.anthropic.com/en/api/messages */
import { Bytes, NO_BUFFER } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";
import { BodyReader } from "../body-reader";
import { Choice, Conversation } from "../conversation";
import { Operation } from "../operation";
import { foldedName } from "../folded";
import { readModel, textOf } from "../values";
import { MessagesComplaint } from "./complaint";
import { Field, POLICY_NAMES, fieldOf } from "./fields";
import { MessageReader } from "./message-reader";
import { readOutputConfig, readOutputFormat, readThinking } from "./settings-reader";
import { readToolChoice, readTools } from "./tools-reader";

/** Reads requests one after the other into conversations; between two it keeps nothing. */
@final
export class MessagesRequestReader extends BodyReader {
  /** For `messages` that came before `system`, and were passed over. */
  private readonly later: JsonReader = new JsonReader();
  private readonly complaint: MessagesComplaint;
  private readonly messages: MessageReader = new MessageReader();
  private readonly view: Bytes = new Bytes();
  private messagesJson: Span = ABSENT;

  constructor() {
    const complaint = new MessagesComplaint();
    super(complaint, "`model`, `max_tokens` and `messages`");
    this.complaint = complaint;
  }

  protected override begin(): void {
    this.messagesJson = ABSENT;
    this.messages.hasMessages = false;
  }

  protected override finish(conversation: Conversation): void {
    if (this.messagesJson != ABSENT)
      this.messages.readMessages(this.later.start(this.json.point(this.messagesJson, this.view)), conversation, this.complaint);
    this.checkPresence(conversation);
  }

  protected override release(): void {
    this.later.release();
    this.messages.release();
    this.view.set(NO_BUFFER, 0, 0);
  }

  protected override readMember(conversation: Conversation): void {
    const json = this.json;
    const complaint = this.complaint;
    const field = fieldOf(json);
    if (field == Field.Other) return this.readOther(conversation);
    const isFirst = this.seen.first(field);
    if (field <= Field.LAST_OF_POLICY && !isFirst) return complaint.duplicate(POLICY_NAMES[field - 1]);
    // Null is nothing where Anthropic's own libraries may write it; of what is required it is a wrong type.
    if (field != Field.Model && field != Field.Messages && field != Field.MaxTokens && json.nothing()) return;
    switch (field) {
      case Field.Model:
        return readModel(json, conversation, complaint);
      case Field.Messages:
        return this.readMessages(conversation);
      case Field.System:
        return this.messages.readSystem(json, conversation, complaint);
      case Field.Tools:
        return readTools(json, conversation, complaint);
      case Field.ToolChoice:
        return readToolChoice(json, conversation, complaint);
      case Field.MaxTokens:
        conversation.maxTokensJson = this.number("max_tokens");
        break;
      case Field.Stream:
        conversation.stream = this.flag("stream") == Choice.Yes;
        break;
      case Field.Thinking:
        return readThinking(json, conversation, complaint);
      case Field.OutputConfig:
        return readOutputConfig(json, conversation, complaint);
      case Field.OutputFormat:
        return readOutputFormat(json, conversation, complaint, "output_format");
      case Field.Temperature:
        conversation.temperatureJson = this.number("temperature");
        break;
      case Field.TopP:
        conversation.topPJson = this.number("top_p");
        break;
      case Field.TopK:
        conversation.topKJson = this.number("top_k");
        break;
      case Field.StopSequences:
        return this.readStops(conversation);
      default:
        return this.readMetadata(conversation);
    }
  }

  private readOther(conversation: Conversation): void {
    const json = this.json;
    const folded = foldedName(conversation.source, json, POLICY_NAMES);
    if (folded != null) return this.complaint.otherSpelling(folded, conversation.source, json.keySpan);
    conversation.others.add(json.keySpan);
    conversation.others.add(json.skip());
  }

  /** What the system says stands in front of the conversation, wherever it stands in the body. */
  private readMessages(conversation: Conversation): void {
    const json = this.json;
    if (json.peek() != JsonType.Array) return this.complaint.wrongType("messages", json, "an array of messages");
    if (this.seen.has(Field.System)) this.messages.readMessages(json, conversation, this.complaint);
    else this.messagesJson = json.skip();
  }

  private readStops(conversation: Conversation): void {
    const json = this.json;
    conversation.stops.clear();
    if (!json.enterArray()) return this.complaint.wrongType("stop_sequences", json, "an array of strings");
    for (let i = 0; json.nextElement(); i++) {
      const stop = json.string();
      if (stop == ABSENT) return this.complaint.wrongType("stop_sequences[" + i.toString() + "]", json, "a string");
      conversation.stops.add(stop);
    }
  }

  private readMetadata(conversation: Conversation): void {
    const json = this.json;
    if (!json.enterObject()) return this.complaint.wrongType("metadata", json, "an object");
    while (json.nextKey()) {
      if (json.keyIs("user_id") && !json.nothing()) conversation.user = textOf(json, "metadata.user_id", this.complaint);
      if (this.complaint.failure != null) return;
    }
  }

  private checkPresence(conversation: Conversation): void {
    const json = this.json;
    const complaint = this.complaint;
    if (conversation.model == ABSENT) complaint.missing("model", json, "the name of a model");
    else if (conversation.maxTokensJson == ABSENT && conversation.operation == Operation.Chat)
      complaint.missing("max_tokens", json, "how many tokens the answer may have at most");
    else if (!this.seen.has(Field.Messages)) complaint.missing("messages", json, "an array of messages");
    else if (!this.messages.hasMessages) complaint.say("messages", "is empty, expected at least one message");
  }

  private flag(field: string): Choice {
    const value = this.json.bool();
    if (value == JsonType.None) this.complaint.wrongType(field, this.json, "a boolean");
    return value == JsonType.True ? Choice.Yes : Choice.No;
  }

  private number(field: string): Span {
    const number = this.json.number();
    if (number == ABSENT) this.complaint.wrongType(field, this.json, "a number");
    return number;
  }
}
