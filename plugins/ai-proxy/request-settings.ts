/** What a provider's configuration says of its requests, beside what the client says. */
import { Bytes, EMPTY } from "../../shared/bytes/bytes";
import { ABSENT } from "../../shared/bytes/span";
import { Problems } from "../../shared/config/problems";
import { JsonPatch } from "../../shared/json/patch";
import { JsonWriter } from "../../shared/json/writer";
import { Choice, Conversation, Effort } from "../../shared/protocols/conversation";
import { Model, Thinking } from "../../shared/protocols/gemini/models";
import { Dialect, Operation } from "../../shared/protocols/operation";
import { BodySettings } from "../../shared/protocols/patched";
import { Target } from "../../shared/protocols/protocol";
import { addCustomSettings } from "./custom-settings";
import { ProviderFields, ProviderPromptCache, ProviderType } from "./config.generated";
import { MessageEdits } from "./message-edits";
import { writeWithEdits } from "./message-list";
import { ResponseForm } from "./response-form";
import { safetySettings } from "./safety-settings";

/** What tells one patch from another of the same protocol, as bits. */
const SAYS_THINKING: i32 = 1;
const SAME_PROTOCOL: i32 = 2;
const CACHES: i32 = 4;
const VARIANTS: i32 = 8;
const DIALECTS: i32 = Dialect.Triton + 1;

/** Of Claude Code's requests, which a token of its login is for. */
const CLAUDE_CODE = Bytes.of(`{"type":"text","text":"You are Claude Code, Anthropic's official CLI for Claude."}`);
/** https://docs.claude.com/en/docs/build-with-claude/prompt-caching: the vendor finds the places itself. */
const AUTOMATIC = Bytes.of('{"type":"ephemeral"}');
const CACHE_KEY = Bytes.of('"cache_control"');

/** Made once for a provider; what is set in a request depends on its protocol and on little of what the client says. */
@final
export class RequestSettings extends BodySettings {
  private made: StaticArray<JsonPatch | null> = new StaticArray<JsonPatch | null>(DIALECTS * VARIANTS);
  private safety: Bytes = EMPTY;
  private form: ResponseForm | null = null;
  private edits: MessageEdits;
  /** What systems say, too: string content; empty: nothing. */
  private systemText: Bytes = EMPTY;

  private constructor(private fields: ProviderFields) {
    super();
    this.edits = new MessageEdits(fields.contextCleanupCommands, fields.mergeConsecutiveMessages || fields.hiclawMode);
  }

  /** Null: nothing is configured, or `problems` says what is wrong. `dialect`: the provider's main protocol. */
  static of(fields: ProviderFields, dialect: Dialect, path: string, problems: Problems): RequestSettings | null {
    const settings = new RequestSettings(fields);
    settings.safety = safetySettings(fields.geminiSafetySetting, path + ".geminiSafetySetting", problems);
    if (!fields.responseJsonSchema.isEmpty)
      settings.form = ResponseForm.of(fields.responseJsonSchema, path + ".responseJsonSchema", problems);
    addCustomSettings(fields, dialect, new JsonPatch(), path + ".customSettings", problems);
    const isIdle =
      settings.safety.isEmpty &&
      settings.form == null &&
      settings.edits.isIdle &&
      fields.context == null &&
      fields.moonshotFileId.isEmpty &&
      fields.geminiThinkingBudget < 0 &&
      fields.customSettings.length == 0 &&
      !fields.claudeCodeMode &&
      fields.promptCache != ProviderPromptCache.Auto &&
      (fields.promptCacheRetention.isEmpty || fields.type != ProviderType.Openai);
    return problems.refused || isIdle ? null : settings;
  }

  /** What systems say from now on (string content), in protocols other than OpenAI's chat, which gets messages of its own (`Target.systemMessages`). */
  say(text: Bytes): void {
    this.systemText = text;
    this.made = new StaticArray<JsonPatch | null>(DIALECTS * VARIANTS);
  }

  override patchFor(conversation: Conversation, target: Target, dialect: Dialect): JsonPatch | null {
    if (conversation.operation != Operation.Chat || dialect >= DIALECTS) return null;
    let variant = 0;
    if (conversation.dialect == dialect) variant |= SAME_PROTOCOL;
    if (dialect == Dialect.Gemini && (saysThinking(conversation) || Model.of(target.model).thinking == Thinking.Never))
      variant |= SAYS_THINKING;
    if (
      target.cachesPrompt &&
      dialect == Dialect.Anthropic &&
      conversation.dialect == dialect &&
      target.platformVersion.isEmpty &&
      conversation.source.body.indexOfBytes(CACHE_KEY) < 0
    )
      variant |= CACHES;
    const index = dialect * VARIANTS + variant;
    let patch = this.made[index];
    if (patch == null) {
      patch = this.make(dialect, variant);
      this.made[index] = patch;
    }
    return patch.isEmpty ? null : patch;
  }

  private make(dialect: Dialect, variant: i32): JsonPatch {
    const fields = this.fields;
    const patch = new JsonPatch();
    const isSame = (variant & SAME_PROTOCOL) != 0;
    const said = isSame ? this.systemText : EMPTY;
    if (dialect == Dialect.Gemini) {
      if (!said.isEmpty) patch.putFirst("systemInstruction.parts", Bytes.of(`{"text":"${said.toString()}"}`), "system_instruction");
      if (!this.safety.isEmpty) patch.set("safetySettings", this.safety, false);
      const budget = fields.geminiThinkingBudget;
      if (budget >= 0 && (variant & SAYS_THINKING) == 0) {
        patch.set("generationConfig.thinkingConfig.thinkingBudget", Bytes.of(budget.toString()), false);
        // Clients of Gemini's own protocol ask for what was thought themselves.
        if (budget > 0 && !isSame) patch.set("generationConfig.thinkingConfig.includeThoughts", Bytes.of("true"), false);
      }
    } else if (dialect == Dialect.Anthropic) {
      const isClaudeCode = fields.claudeCodeMode && fields.type == ProviderType.Claude;
      if (isClaudeCode || !said.isEmpty) {
        const block = said.isEmpty ? "" : `{"type":"text","text":"${said.toString()}"}`;
        const comma = isClaudeCode && !said.isEmpty ? "," : "";
        patch.putFirst("system", Bytes.of((isClaudeCode ? CLAUDE_CODE.toString() : "") + comma + block));
      }
      if (variant & CACHES) patch.set("cache_control", AUTOMATIC, false);
    } else if (fields.type == ProviderType.Openai && !fields.promptCacheRetention.isEmpty) {
      if (dialect == Dialect.OpenAI || dialect == Dialect.Responses)
        patch.set("prompt_cache_retention", Bytes.of(`"${fields.promptCacheRetention.toString()}"`), false);
    }
    const form = this.form;
    if (form != null && isSame) form.setIn(patch, dialect);
    addCustomSettings(fields, dialect, patch, "", null);
    return patch;
  }

  override change(conversation: Conversation, dialect: Dialect): void {
    if (conversation.operation != Operation.Chat) return;
    const form = this.form;
    if (form != null) form.ask(conversation);
    this.edits.change(conversation, dialect == Dialect.OpenAI ? EMPTY : this.systemText);
  }

  override restore(conversation: Conversation): void {
    if (conversation.operation != Operation.Chat) return;
    this.edits.restore(conversation);
    const form = this.form;
    if (form != null) form.restore(conversation);
  }

  override get movesMessages(): bool {
    return !this.edits.isIdle || !this.systemText.isEmpty;
  }

  override get editsMessages(): bool {
    return !this.edits.isIdle;
  }

  override editMessages(body: Bytes, dialect: Dialect, out: JsonWriter): void {
    writeWithEdits(body, dialect, this.edits, out);
  }
}

/** Whether the client itself says whether, or how much, the model is to think. */
function saysThinking(conversation: Conversation): bool {
  return conversation.effort != Effort.Absent || conversation.thinkingBudgetJson != ABSENT || conversation.thinking != Choice.Absent;
}
