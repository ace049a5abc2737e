/** Reads the body of a chat completion: https://platform.openai.com/docs/api-reference/chat/create */
import { ABSENT, Span } from "../../bytes/span";
import { JsonType } from "../../json/reader";
import { BodyReader } from "../body-reader";
import { Choice, Conversation } from "../conversation";
import { foldedName } from "../folded";
import { Complaint } from "./complaint";
import { Field, POLICY_NAMES, fieldOf, policyName } from "./fields";
import { MessageReader } from "./message-reader";
import { readReasoning, readReasoningEffort, readResponseFormat, readThinking } from "./settings-reader";
import { readFunctionChoice, readTools, readToolChoice } from "./tools-reader";
import { readModel } from "../values";

/** Reads requests one after the other into conversations; between two it keeps nothing. */
@final
export class ChatRequestReader extends BodyReader {
  private readonly complaint: Complaint;
  private readonly messages: MessageReader = new MessageReader();

  constructor() {
    const complaint = new Complaint();
    super(complaint, "`model` and `messages`");
    this.complaint = complaint;
  }

  protected override finish(conversation: Conversation): void {
    this.checkPresence(conversation);
  }

  protected override release(): void {
    this.messages.release();
  }

  protected override readMember(conversation: Conversation): void {
    const json = this.json;
    const complaint = this.complaint;
    const field = fieldOf(json);
    if (field == Field.Other) return this.readOther(conversation);
    const isFirst = this.seen.first(field);
    if (field <= Field.LAST_OF_POLICY && !isFirst) return complaint.duplicate(policyName(field));
    if (field == Field.StreamOptions) return this.readStreamOptions(conversation);
    if (json.nothing()) return;
    switch (field) {
      case Field.Model:
        return readModel(json, conversation, complaint);
      case Field.Messages:
        return this.messages.read(json, conversation, complaint);
      case Field.Stream:
        conversation.stream = this.flag("stream") == Choice.Yes;
        break;
      case Field.Temperature:
        conversation.temperatureJson = this.number("temperature");
        break;
      case Field.MaxTokens: {
        const limit = this.number("max_tokens");
        if (!this.seen.has(Field.MaxCompletionTokens) || conversation.maxTokensJson == ABSENT) conversation.maxTokensJson = limit;
        break;
      }
      case Field.MaxCompletionTokens:
        conversation.maxTokensJson = this.number("max_completion_tokens");
        break;
      case Field.Tools:
        return readTools(json, conversation, complaint, false);
      case Field.ToolChoice:
        return readToolChoice(json, conversation, complaint);
      case Field.TopP:
        conversation.topPJson = this.number("top_p");
        break;
      case Field.TopK:
        conversation.topKJson = this.number("top_k");
        break;
      case Field.Stop:
        return this.readStops(conversation);
      case Field.Count:
        conversation.countJson = this.number("n");
        break;
      case Field.ResponseFormat:
        return readResponseFormat(json, conversation, complaint);
      case Field.ParallelToolCalls:
        conversation.parallelToolCalls = this.flag("parallel_tool_calls");
        break;
      case Field.ReasoningEffort:
        return readReasoningEffort(json, conversation, complaint);
      case Field.User:
        conversation.user = this.text("user");
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
      case Field.Logprobs:
        conversation.logprobs = this.flag("logprobs");
        break;
      case Field.TopLogprobs:
        conversation.topLogprobsJson = this.number("top_logprobs");
        break;
      case Field.Reasoning:
        return readReasoning(json, conversation, complaint);
      case Field.Thinking:
        return readThinking(json, conversation, complaint);
      case Field.EnableThinking:
        conversation.thinking = this.flag("enable_thinking");
        break;
      case Field.ThinkingBudget:
        conversation.thinkingBudgetJson = this.number("thinking_budget");
        break;
      case Field.Functions:
        return readTools(json, conversation, complaint, true);
      case Field.FunctionCall:
        return readFunctionChoice(json, conversation, complaint);
      default:
        break;
    }
  }

  private readOther(conversation: Conversation): void {
    const json = this.json;
    const folded = foldedName(conversation.source, json, POLICY_NAMES);
    if (folded != null) return this.complaint.otherSpelling(folded, conversation.source, json.keySpan);
    const name = json.keySpan;
    if (json.keyIs("web_search_options")) conversation.cites = true;
    const value = json.skip();
    conversation.others.add(name);
    conversation.others.add(value);
  }

  /** A null is kept too: where usage is asked for in the client's place, the value is replaced. */
  private readStreamOptions(conversation: Conversation): void {
    const json = this.json;
    const from = json.offset;
    if (!json.nothing()) {
      if (!json.enterObject()) return this.complaint.wrongType("stream_options", json, "an object");
      while (json.nextKey()) if (json.keyIs("include_usage")) this.readIncludeUsage(conversation);
    }
    conversation.streamOptionsJson = json.spanSince(from);
  }

  /** Of equal keys the last one counts, as it does to most readers. */
  private readIncludeUsage(conversation: Conversation): void {
    conversation.includeUsage = !this.json.nothing() && this.flag("stream_options.include_usage") == Choice.Yes;
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

  private checkPresence(conversation: Conversation): void {
    const json = this.json;
    if (conversation.model == ABSENT) this.complaint.missing("model", json, "the name of a model");
    else if (conversation.itemCount == 0) this.complaint.missing("messages", json, "an array of messages");
  }

  private flag(field: string): Choice {
    switch (this.json.bool()) {
      case JsonType.True:
        return Choice.Yes;
      case JsonType.False:
        return Choice.No;
      default:
        this.complaint.wrongType(field, this.json, "a boolean");
        return Choice.Absent;
    }
  }

  private number(field: string): Span {
    const number = this.json.number();
    if (number == ABSENT) this.complaint.wrongType(field, this.json, "a number");
    return number;
  }

  private text(field: string): Span {
    const text = this.json.string();
    if (text == ABSENT) this.complaint.wrongType(field, this.json, "a string");
    return text;
  }
}
