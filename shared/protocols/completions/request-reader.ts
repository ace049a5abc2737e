/** Reads the body of a completion request: https://platform.openai.com/docs/api-reference/completions/create */
import { ABSENT, Span } from "../../bytes/span";
import { JsonType } from "../../json/reader";
import { BodyReader } from "../body-reader";
import { Choice, Conversation, ItemKind, Role } from "../conversation";
import { foldedName } from "../folded";
import { choiceOf, readModel, textOf } from "../values";
import { CompletionComplaint } from "./complaint";
import { Field, POLICY_NAMES, fieldOf } from "./fields";

/** Reads requests one after the other into conversations of one turn; between two it keeps nothing. */
@final
export class CompletionRequestReader extends BodyReader {
  private readonly complaint: CompletionComplaint;

  constructor() {
    const complaint = new CompletionComplaint();
    super(complaint, "`model` and `prompt`");
    this.complaint = complaint;
  }

  protected override finish(conversation: Conversation): void {
    if (conversation.model == ABSENT) this.complaint.missing("model", this.json, "the name of a model");
    else if (!this.seen.has(Field.Prompt)) this.complaint.missing("prompt", this.json, "a string");
  }

  protected override readMember(conversation: Conversation): void {
    const json = this.json;
    const complaint = this.complaint;
    const field = fieldOf(json);
    if (field == Field.Other) {
      const folded = foldedName(conversation.source, json, POLICY_NAMES);
      if (folded != null) return complaint.otherSpelling(folded, conversation.source, json.keySpan);
      return this.keep(conversation);
    }
    const isFirst = this.seen.first(field);
    if (field <= Field.LAST_OF_POLICY && !isFirst) return complaint.duplicate(POLICY_NAMES[field - 1]);
    if (field == Field.StreamOptions) return this.readStreamOptions(conversation);
    if (field != Field.Model && field != Field.Prompt && json.nothing()) return;
    switch (field) {
      case Field.Model:
        return readModel(json, conversation, complaint);
      case Field.Prompt:
        return this.readPrompt(conversation);
      case Field.Stream:
        conversation.stream = choiceOf(json, "stream", complaint) == Choice.Yes;
        break;
      case Field.MaxTokens:
        conversation.maxTokensJson = this.number("max_tokens");
        break;
      case Field.Temperature:
        conversation.temperatureJson = this.number("temperature");
        break;
      case Field.TopP:
        conversation.topPJson = this.number("top_p");
        break;
      case Field.Count:
        conversation.countJson = this.number("n");
        break;
      case Field.BestOf: {
        const name = json.keySpan;
        const count = this.number("best_of");
        if (count != ABSENT && !conversation.source.is(count, "1")) this.add(name, count, conversation);
        break;
      }
      case Field.Suffix: {
        if (json.peek() != JsonType.String) return complaint.wrongType("suffix", json, "a string");
        this.keep(conversation);
        break;
      }
      case Field.Echo: {
        const name = json.keySpan;
        const from = json.offset;
        if (choiceOf(json, "echo", complaint) == Choice.Yes) this.add(name, json.spanSince(from), conversation);
        break;
      }
      case Field.Stop:
        return this.readStops(conversation);
      case Field.Logprobs:
        conversation.topLogprobsJson = this.number("logprobs");
        conversation.logprobs = Choice.Yes;
        break;
      case Field.Seed:
        conversation.seedJson = this.number("seed");
        break;
      case Field.PresencePenalty:
        conversation.presencePenaltyJson = this.number("presence_penalty");
        break;
      case Field.FrequencyPenalty:
        conversation.frequencyPenaltyJson = this.number("frequency_penalty");
        break;
      case Field.LogitBias:
        if (json.peek() != JsonType.Object) return complaint.wrongType("logit_bias", json, "an object");
        conversation.logitBiasJson = json.skip();
        break;
      default:
        conversation.user = textOf(json, "user", complaint);
        break;
    }
  }

  /** A text, or a list with one. What else a prompt may be (several texts, tokens) only a provider of completions takes: `needsItsOwn` refuses it elsewhere. */
  private readPrompt(conversation: Conversation): void {
    const json = this.json;
    const name = json.keySpan;
    const from = json.offset;
    let text = json.string();
    if (text == ABSENT) {
      if (!json.enterArray()) return this.complaint.wrongType("prompt", json, "a string, or an array of strings or tokens");
      let count = 0;
      while (json.nextElement()) {
        count++;
        const type = json.peek();
        if (type != JsonType.String && type != JsonType.Number && type != JsonType.Array)
          return this.complaint.wrongType("prompt[" + (count - 1).toString() + "]", json, "a string, or tokens");
        text = json.string();
      }
      if (count != 1) text = ABSENT;
    }
    if (json.failed) return;
    const turn = conversation.addTurn(Role.User);
    turn.whole = json.spanSince(from);
    if (text != ABSENT) conversation.add(ItemKind.Text).text = text;
    else this.add(name, turn.whole, conversation);
  }

  /** A null is kept too: where usage is asked for in the client's place, the value is replaced. */
  private readStreamOptions(conversation: Conversation): void {
    const json = this.json;
    const from = json.offset;
    if (!json.nothing()) {
      if (!json.enterObject()) return this.complaint.wrongType("stream_options", json, "an object");
      while (json.nextKey())
        if (json.keyIs("include_usage"))
          conversation.includeUsage = choiceOf(json, "stream_options.include_usage", this.complaint) == Choice.Yes;
    }
    conversation.streamOptionsJson = json.spanSince(from);
  }

  private readStops(conversation: Conversation): void {
    const json = this.json;
    conversation.stops.clear();
    const stop = json.string();
    if (stop != ABSENT) return conversation.stops.add(stop);
    if (!json.enterArray()) return this.complaint.wrongType("stop", json, "a string or an array of strings");
    for (let i = 0; json.nextElement(); i++) {
      const each = json.string();
      if (each == ABSENT) return this.complaint.wrongType("stop[" + i.toString() + "]", json, "a string");
      conversation.stops.add(each);
    }
  }

  private keep(conversation: Conversation): void {
    const name = this.json.keySpan;
    if (!this.json.nothing()) this.add(name, this.json.skip(), conversation);
  }

  private add(name: Span, value: Span, conversation: Conversation): void {
    conversation.others.add(name);
    conversation.others.add(value);
  }

  private number(field: string): Span {
    const number = this.json.number();
    if (number == ABSENT) this.complaint.wrongType(field, this.json, "a number");
    return number;
  }
}
