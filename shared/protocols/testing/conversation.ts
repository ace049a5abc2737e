/** A conversation as lines of text, for tests: `name=value` for what is there, in the order of the class. */
import { ABSENT, Span } from "../../bytes/span";
import { ByteWriter } from "../../bytes/writer";
import { Choice, Conversation, Effort, Item, ItemKind, OutputFormat, Tool, ToolPolicy, ValueForm } from "../conversation";

const ROLES: StaticArray<string> = ["system", "developer", "user", "assistant", "tool"];
const KINDS: StaticArray<string> = [
  "turn",
  "text",
  "image",
  "audio",
  "document",
  "tool-call",
  "tool-result",
  "tool-result-end",
  "thinking",
  "redacted-thinking",
  "refusal",
  "unknown",
];
const POLICIES: StaticArray<string> = ["", "auto", "none", "required", "named", "other"];
const FORMATS: StaticArray<string> = ["", "text", "json-object", "json-schema", "other"];
const EFFORTS: StaticArray<string> = ["", "none", "minimal", "low", "medium", "high", "xhigh", "other"];

/** Appends a line for each item and tool, and one for each setting that is there. */
export function writeConversation(conversation: Conversation, out: ByteWriter): void {
  new ConversationLines(conversation, out).write();
}

@final
class ConversationLines {
  constructor(
    private readonly conversation: Conversation,
    private readonly out: ByteWriter,
  ) {}

  write(): void {
    this.writeSettings();
    for (let i = 0; i < this.conversation.toolCount; i++) this.writeTool(this.conversation.tool(i));
    for (let i = 0; i < this.conversation.itemCount; i++) this.writeItem(this.conversation.item(i));
  }

  private writeSettings(): void {
    const c = this.conversation;
    this.line("model", c.model);
    this.flag("stream", c.stream);
    this.flag("includeUsage", c.includeUsage);
    this.line("maxTokens", c.maxTokensJson);
    this.line("temperature", c.temperatureJson);
    this.line("topP", c.topPJson);
    this.line("topK", c.topKJson);
    this.line("seed", c.seedJson);
    this.line("count", c.countJson);
    this.line("presencePenalty", c.presencePenaltyJson);
    this.line("frequencyPenalty", c.frequencyPenaltyJson);
    for (let i = 0; i < c.stops.length; i++) this.line("stop", c.stops.at(i));
    this.choice("logprobs", c.logprobs);
    this.line("topLogprobs", c.topLogprobsJson);
    this.line("logitBias", c.logitBiasJson);
    this.line("user", c.user);
    if (c.toolPolicy != ToolPolicy.Absent) this.word("toolPolicy", POLICIES[c.toolPolicy]);
    this.line("toolChoiceName", c.toolChoiceName);
    this.choice("parallelToolCalls", c.parallelToolCalls);
    this.flag("legacyFunctions", c.legacyFunctions);
    if (c.outputFormat != OutputFormat.Absent) this.word("outputFormat", FORMATS[c.outputFormat]);
    this.line("outputSchemaName", c.outputSchemaName);
    this.line("outputSchemaDescription", c.outputSchemaDescription);
    this.line("outputSchema", c.outputSchemaJson);
    this.choice("outputStrict", c.outputStrict);
    if (c.effort != Effort.Absent) this.word("effort", EFFORTS[c.effort]);
    this.choice("thinking", c.thinking);
    this.line("thinkingBudget", c.thinkingBudgetJson);
    this.line("input", c.inputJson);
    for (let i = 0; i + 1 < c.others.length; i += 2) {
      this.out.ascii("other ");
      c.source.write(c.others.at(i), this.out);
      this.out.byte(0x3d);
      c.source.write(c.others.at(i + 1), this.out);
      this.out.byte(0x0a);
    }
  }

  private writeTool(tool: Tool): void {
    this.out.ascii(tool.isFunction ? "tool" : "foreign-tool");
    this.field("name", tool.name);
    this.field("description", tool.description);
    this.field("schema", tool.schemaJson);
    if (tool.strict != Choice.Absent) this.out.ascii(tool.strict == Choice.Yes ? " strict=yes" : " strict=no");
    this.field("cacheControl", tool.cacheControl);
    if (!tool.isFunction) this.field("whole", tool.whole);
    this.out.byte(0x0a);
  }

  private writeItem(item: Item): void {
    this.out.ascii(KINDS[item.kind]);
    if (item.kind == ItemKind.Turn) {
      this.out.byte(0x20);
      this.out.ascii(ROLES[item.role]);
    }
    this.field("text", item.text);
    this.field("url", item.url);
    this.field("mediaType", item.mediaType);
    this.field("data", item.data);
    this.field("detail", item.detail);
    this.field("id", item.id);
    this.field("name", item.name);
    this.field(item.valueForm == ValueForm.EscapedJson ? "escaped" : "json", item.value);
    this.field("signature", item.signature);
    if (item.isError) this.out.ascii(" error");
    this.field("cacheControl", item.cacheControl);
    if (item.kind == ItemKind.Unknown) this.field("whole", item.whole);
    this.out.byte(0x0a);
  }

  private field(name: string, value: Span): void {
    if (value == ABSENT) return;
    this.out.byte(0x20);
    this.assign(name);
    this.conversation.source.write(value, this.out);
  }

  private line(name: string, value: Span): void {
    if (value == ABSENT) return;
    this.assign(name);
    this.conversation.source.write(value, this.out);
    this.out.byte(0x0a);
  }

  private word(name: string, word: string): void {
    this.assign(name);
    this.out.ascii(word);
    this.out.byte(0x0a);
  }

  private flag(name: string, value: bool): void {
    if (value) this.word(name, "yes");
  }

  private choice(name: string, value: Choice): void {
    if (value != Choice.Absent) this.word(name, value == Choice.Yes ? "yes" : "no");
  }

  private assign(name: string): void {
    this.out.ascii(name);
    this.out.byte(0x3d);
  }
}
