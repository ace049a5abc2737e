import { ABSENT, Span } from "../bytes/span";
import { Choice, Conversation, Effort, OutputFormat, ToolPolicy } from "./conversation";

/** The settings of a conversation that may be left out for one target, kept for the next. */
@final
export class SavedSettings {
  private count: Span = ABSENT;
  private maxTokens: Span = ABSENT;
  private temperature: Span = ABSENT;
  private topP: Span = ABSENT;
  private topK: Span = ABSENT;
  private seed: Span = ABSENT;
  private presencePenalty: Span = ABSENT;
  private frequencyPenalty: Span = ABSENT;
  private stops: i32 = 0;
  private logprobs: Choice = Choice.Absent;
  private topLogprobs: Span = ABSENT;
  private logitBias: Span = ABSENT;
  private user: Span = ABSENT;
  private parallelToolCalls: Choice = Choice.Absent;
  private thinking: Choice = Choice.Absent;
  private thinkingBudget: Span = ABSENT;
  private effort: Effort = Effort.Absent;
  private effortText: Span = ABSENT;
  private outputFormat: OutputFormat = OutputFormat.Absent;
  private outputSchema: Span = ABSENT;
  private outputSchemaName: Span = ABSENT;
  private outputSchemaDescription: Span = ABSENT;
  private outputFormatJson: Span = ABSENT;
  private outputStrict: Choice = Choice.Absent;
  private toolPolicy: ToolPolicy = ToolPolicy.Absent;

  take(from: Conversation): void {
    this.count = from.countJson;
    this.maxTokens = from.maxTokensJson;
    this.temperature = from.temperatureJson;
    this.topP = from.topPJson;
    this.topK = from.topKJson;
    this.seed = from.seedJson;
    this.presencePenalty = from.presencePenaltyJson;
    this.frequencyPenalty = from.frequencyPenaltyJson;
    this.stops = from.stops.length;
    this.logprobs = from.logprobs;
    this.topLogprobs = from.topLogprobsJson;
    this.logitBias = from.logitBiasJson;
    this.user = from.user;
    this.parallelToolCalls = from.parallelToolCalls;
    this.thinking = from.thinking;
    this.thinkingBudget = from.thinkingBudgetJson;
    this.effort = from.effort;
    this.effortText = from.effortText;
    this.outputFormat = from.outputFormat;
    this.outputSchema = from.outputSchemaJson;
    this.outputSchemaName = from.outputSchemaName;
    this.outputSchemaDescription = from.outputSchemaDescription;
    this.outputFormatJson = from.outputFormatJson;
    this.outputStrict = from.outputStrict;
    this.toolPolicy = from.toolPolicy;
  }

  restore(to: Conversation): void {
    to.countJson = this.count;
    to.maxTokensJson = this.maxTokens;
    to.temperatureJson = this.temperature;
    to.topPJson = this.topP;
    to.topKJson = this.topK;
    to.seedJson = this.seed;
    to.presencePenaltyJson = this.presencePenalty;
    to.frequencyPenaltyJson = this.frequencyPenalty;
    to.stops.length = this.stops;
    to.logprobs = this.logprobs;
    to.topLogprobsJson = this.topLogprobs;
    to.logitBiasJson = this.logitBias;
    to.user = this.user;
    to.parallelToolCalls = this.parallelToolCalls;
    to.thinking = this.thinking;
    to.thinkingBudgetJson = this.thinkingBudget;
    to.effort = this.effort;
    to.effortText = this.effortText;
    to.outputFormat = this.outputFormat;
    to.outputSchemaJson = this.outputSchema;
    to.outputSchemaName = this.outputSchemaName;
    to.outputSchemaDescription = this.outputSchemaDescription;
    to.outputFormatJson = this.outputFormatJson;
    to.outputStrict = this.outputStrict;
    to.toolPolicy = this.toolPolicy;
  }
}
