import { Bytes, EMPTY } from "../bytes/bytes";
import { ABSENT, Source, Span } from "../bytes/span";
import { Ownership } from "./objects/ownership";
import { Dialect, Operation } from "./operation";

/** Who speaks in a turn. */
export enum Role {
  System,
  Developer,
  User,
  Assistant,
  /** OpenAI's role for tool results; the results themselves are items. */
  Tool,
}

export enum ItemKind {
  /** A message begins: `role`, `name` (of the participant). The items up to the next turn are its content. */
  Turn,
  Text,
  /** `url`, or `mediaType` and `data`; `detail`. */
  Image,
  /** `mediaType` (or OpenAI's format word, such as `wav`) and `data`. */
  Audio,
  /** A file: `url`, or `mediaType` and `data`, or `id` (uploaded); `name` is its file name. */
  Document,
  /** `id`, `name`, `value` (the arguments, in the form that `valueForm` says); `signature`: Gemini's thought signature, if it came with one. */
  ToolCall,
  /** A tool's result begins: `id`, `name` where the protocol has one, `isError`. Its content items follow, up to `ToolResultEnd`. */
  ToolResult,
  ToolResultEnd,
  /** `text`, `signature`; `name` is whose form the signature has (`anthropic`, `gemini`; `gemini-call`, where it is that of the call behind it), absent where nobody said. */
  Thinking,
  /** `data`: opaque; `name` as with thinking. */
  RedactedThinking,
  Refusal,
  /** Something that only its own protocol knows: `whole`. */
  Unknown,
}

/** How a JSON value inside a conversation is spelled. */
export enum ValueForm {
  /** Raw JSON. */
  Json,
  /** The content of a JSON string which, unescaped, is JSON (OpenAI's tool arguments). */
  EscapedJson,
}

/** A setting that may be absent. */
export enum Choice {
  Absent,
  No,
  Yes,
}

/**
 * One element of a conversation. Every span is either raw JSON (where the name ends in `Json`, and `whole`, `value`, `cacheControl`) or the content of a JSON string,
 * still escaped. Items are reused: keep none beyond the request.
 */
@final
export class Item {
  kind: ItemKind = ItemKind.Turn;
  role: Role = Role.User;
  text: Span = ABSENT;
  url: Span = ABSENT;
  mediaType: Span = ABSENT;
  data: Span = ABSENT;
  detail: Span = ABSENT;
  id: Span = ABSENT;
  name: Span = ABSENT;
  value: Span = ABSENT;
  valueForm: ValueForm = ValueForm.Json;
  signature: Span = ABSENT;
  isError: bool = false;
  /** Of a document: whether the answer is to cite it (Anthropic's `citations.enabled`, which stands in `others` too). */
  isCited: bool = false;
  /** Of a document: how it is to be read, string content (Anthropic's `context`, which stands in `others` too). */
  context: Span = ABSENT;
  /** Anthropic's cache marker, as raw JSON. */
  cacheControl: Span = ABSENT;
  /** The part as the client wrote it, raw JSON. */
  whole: Span = ABSENT;
  /** The number of the element of Responses' `input` that it stands in; -1 outside of it, and in other protocols. */
  place: i32 = -1;

  clear(): void {
    this.role = Role.User;
    this.text = this.url = this.mediaType = this.data = this.detail = ABSENT;
    this.id = this.name = this.value = this.signature = this.cacheControl = this.whole = ABSENT;
    this.valueForm = ValueForm.Json;
    this.context = ABSENT;
    this.isError = this.isCited = false;
  }
}

/** A tool that the model may call. */
@final
export class Tool {
  name: Span = ABSENT;
  description: Span = ABSENT;
  /** The parameters' JSON Schema, raw. */
  schemaJson: Span = ABSENT;
  strict: Choice = Choice.Absent;
  cacheControl: Span = ABSENT;
  whole: Span = ABSENT;
  /** False for a vendor's built-in tool, of which only `whole` is known. */
  isFunction: bool = true;

  clear(): void {
    this.name = this.description = this.schemaJson = this.cacheControl = this.whole = ABSENT;
    this.strict = Choice.Absent;
    this.isFunction = true;
  }
}

export enum ToolPolicy {
  Absent,
  Auto,
  None,
  /** At least one call. */
  Required,
  /** The tool that `toolChoiceName` names. */
  Named,
  /** Something else, in `toolChoiceJson`. */
  Other,
}

export enum OutputFormat {
  Absent,
  Text,
  JsonObject,
  JsonSchema,
  Other,
}

export enum Effort {
  Absent,
  None,
  Minimal,
  Low,
  Medium,
  High,
  XHigh,
  Other,
}

/** A growing list of spans that is reused. */
@final
export class SpanList {
  private items: StaticArray<u64> = new StaticArray<u64>(8);
  length: i32 = 0;

  clear(): void {
    this.length = 0;
    if (this.items.length > 1024) this.items = new StaticArray<u64>(8);
  }

  add(s: Span): void {
    if (this.length == this.items.length) {
      const grown = new StaticArray<u64>(this.length * 2);
      for (let i = 0; i < this.length; i++) grown[i] = this.items[i];
      this.items = grown;
    }
    this.items[this.length++] = s;
  }

  /** Takes the span at `index` out, until `show`: spans that are hidden wait behind the end, the last one first. */
  hide(index: i32): void {
    const items = this.items;
    const hidden = items[index];
    const last = --this.length;
    for (let i = index; i < last; i++) items[i] = items[i + 1];
    items[last] = hidden;
  }

  /** Puts the span that was hidden last back to `index`. */
  show(index: i32): void {
    const items = this.items;
    const shown = items[this.length];
    for (let i = this.length++; i > index; i--) items[i] = items[i - 1];
    items[index] = shown;
  }

  /** The span at `index`; `ABSENT` past the end. */
  at(index: i32): Span {
    return <u32>index < <u32>this.length ? this.items[index] : ABSENT;
  }
}

/** What is kept of the pools of items and tools between requests. */
const KEPT_ITEMS = 256;

/** More items than any model takes messages and parts: what is beyond would cost several times the body's own memory. */
const ITEM_LIMIT = 20_000;

/**
 * A request, read once, in the union of what the protocols can say. It holds spans over the client's own bytes (`source`), no tree of objects; settings are spans of
 * the values as written, so numbers stay exact. Reused from request to request.
 */
@final
export class Conversation {
  source: Source = new Source();
  dialect: Dialect = Dialect.OpenAI;
  operation: Operation = Operation.Unknown;
  /** The request's path with its query, where it says something that the body doesn't (Gemini's names the model); a view into the exchange's headers. */
  path: Bytes = EMPTY;
  /** The body's content type where it may be another than JSON: of a form it names the boundary. A view into the exchange's headers. */
  contentType: Bytes = EMPTY;
  /** Of a request about objects that the provider keeps, where its answer says whose they are. */
  ownership: Ownership | null = null;

  /** The model as asked for: string content, still escaped. */
  model: Span = ABSENT;
  stream: bool = false;
  /** Whether a stream is wanted as one JSON array, piece by piece: Gemini's, where `alt=sse` isn't asked for. */
  streamsArray: bool = false;
  /** Embeddings: whether one vector is asked for that is no list's only one (Gemini's `embedContent`). */
  embedsOne: bool = false;
  /** Whether something was asked for whose answer names its sources: a search, documents to be cited. */
  cites: bool = false;
  /** Whether an Anthropic client repeats citations that were made here, of what another provider found. */
  repeatsCitations: bool = false;
  /** OpenAI's `stream_options.include_usage`: does the client want a usage event? */
  includeUsage: bool = false;

  // Sampling and length: raw JSON numbers as written.
  maxTokensJson: Span = ABSENT;
  temperatureJson: Span = ABSENT;
  topPJson: Span = ABSENT;
  topKJson: Span = ABSENT;
  seedJson: Span = ABSENT;
  countJson: Span = ABSENT;
  presencePenaltyJson: Span = ABSENT;
  frequencyPenaltyJson: Span = ABSENT;
  /** Stop sequences: string contents, escaped. */
  stops: SpanList = new SpanList();
  logprobs: Choice = Choice.Absent;
  topLogprobsJson: Span = ABSENT;
  logitBiasJson: Span = ABSENT;
  /** The end user's id: string content. */
  user: Span = ABSENT;

  toolPolicy: ToolPolicy = ToolPolicy.Absent;
  toolChoiceName: Span = ABSENT;
  toolChoiceJson: Span = ABSENT;
  parallelToolCalls: Choice = Choice.Absent;
  /** Of Responses: whether the vendor is to keep the answer, which it does unless it is told not to. */
  store: Choice = Choice.Absent;
  /** The client asked in OpenAI's old form (`functions`), and expects calls in it. */
  legacyFunctions: bool = false;

  outputFormat: OutputFormat = OutputFormat.Absent;
  outputSchemaJson: Span = ABSENT;
  outputSchemaName: Span = ABSENT;
  outputSchemaDescription: Span = ABSENT;
  outputStrict: Choice = Choice.Absent;
  outputFormatJson: Span = ABSENT;

  effort: Effort = Effort.Absent;
  effortText: Span = ABSENT;
  /** Whether the client switched thinking on or off by a switch of its own (`thinking.type`), apart from how much. */
  thinking: Choice = Choice.Absent;
  /** Tokens for thinking, where the client named a number. */
  thinkingBudgetJson: Span = ABSENT;

  /** Whether Gemini's client wants to see what was thought (`includeThoughts`); others always get it. */
  wantsThoughts: bool = false;

  /** Embeddings: the `input` value, raw. */
  inputJson: Span = ABSENT;
  /** Embeddings: the client wants its vectors in base64. */
  base64Vectors: bool = false;
  /** Embeddings: how long the vectors are to be, a raw number. */
  dimensionsJson: Span = ABSENT;

  /** Members at the top that no field above holds, in pairs: name (string content), value (raw). */
  others: SpanList = new SpanList();

  /** Members at the top that the answer repeats (Responses), in pairs: name (string content), value (raw). */
  echoed: SpanList = new SpanList();
  /** Of a Responses request: members at the top that OpenAI's chat completions have too, in pairs: their name there (string content), value (raw). */
  chatMembers: SpanList = new SpanList();
  /** `Item.place` of what is added next. */
  place: i32 = -1;

  // Where same-protocol edits go: offsets of raw values in the body.
  /** The model's value with its quotes; in a form it has none. */
  modelJson: Span = ABSENT;
  streamOptionsJson: Span = ABSENT;

  private items: Array<Item> = [];
  private tools: Array<Tool> = [];
  itemCount: i32 = 0;
  toolCount: i32 = 0;
  /** More items or tools were to be added than a conversation holds; those are lost, so it must be refused. */
  isTooLong: bool = false;

  /** Starts over with another body, from a request to `path`. */
  reset(body: Bytes, dialect: Dialect, operation: Operation, path: Bytes = EMPTY): void {
    this.source.reset(body);
    this.path = path;
    this.contentType = EMPTY;
    this.ownership = null;
    this.dialect = dialect;
    this.operation = operation;
    this.model = this.modelJson = this.streamOptionsJson = this.inputJson = ABSENT;
    this.stream =
      this.cites =
      this.repeatsCitations =
      this.includeUsage =
      this.legacyFunctions =
      this.streamsArray =
      this.embedsOne =
      this.wantsThoughts =
      this.base64Vectors =
        false;
    this.dimensionsJson = ABSENT;
    this.maxTokensJson = this.temperatureJson = this.topPJson = this.topKJson = this.seedJson = this.countJson = ABSENT;
    this.presencePenaltyJson = this.frequencyPenaltyJson = this.topLogprobsJson = this.logitBiasJson = this.user = ABSENT;
    this.stops.clear();
    this.logprobs = this.parallelToolCalls = this.outputStrict = Choice.Absent;
    this.toolPolicy = ToolPolicy.Absent;
    this.toolChoiceName = this.toolChoiceJson = ABSENT;
    this.outputFormat = OutputFormat.Absent;
    this.outputSchemaJson = this.outputSchemaName = this.outputSchemaDescription = this.outputFormatJson = ABSENT;
    this.store = Choice.Absent;
    this.effort = Effort.Absent;
    this.thinking = Choice.Absent;
    this.effortText = this.thinkingBudgetJson = ABSENT;
    this.others.clear();
    this.echoed.clear();
    this.chatMembers.clear();
    this.place = -1;
    this.trim();
  }

  /** Forgets the items, and gives back what a long conversation took. */
  trim(): void {
    if (this.items.length > KEPT_ITEMS) this.items = this.items.slice(0, KEPT_ITEMS);
    if (this.tools.length > KEPT_ITEMS) this.tools = this.tools.slice(0, KEPT_ITEMS);
    this.itemCount = this.toolCount = 0;
    this.isTooLong = false;
  }

  /** Appends an item; its fields are clear. */
  add(kind: ItemKind): Item {
    if (this.itemCount == ITEM_LIMIT) {
      this.isTooLong = true;
      SPARE_ITEM.clear();
      SPARE_ITEM.kind = kind;
      return SPARE_ITEM;
    }
    const index = this.itemCount++;
    if (index == this.items.length) this.items.push(new Item());
    const item = this.items[index];
    item.clear();
    item.kind = kind;
    item.place = this.place;
    return item;
  }

  /** The raw value of the first of `others` by that name; `ABSENT` if it isn't there. */
  other(name: string): Span {
    return this.valueIn(this.others, name);
  }

  /** As `other`, of `chatMembers`. */
  chatMember(name: string): Span {
    return this.valueIn(this.chatMembers, name);
  }

  /** As `other`, of `echoed`. */
  echoedMember(name: string): Span {
    return this.valueIn(this.echoed, name);
  }

  private valueIn(pairs: SpanList, name: string): Span {
    for (let i = 0; i + 1 < pairs.length; i += 2) if (this.source.is(pairs.at(i), name)) return pairs.at(i + 1);
    return ABSENT;
  }

  /** Puts an item in front of the one at `index`; its fields are clear. */
  insert(index: i32, kind: ItemKind): Item {
    const item = this.add(kind);
    if (this.isTooLong) return item;
    const items = this.items;
    for (let i = this.itemCount - 1; i > index; i--) items[i] = items[i - 1];
    items[index] = item;
    return item;
  }

  /** Puts the items from `from` on in front of all others. */
  bringToFront(from: i32): void {
    if (from <= 0 || from >= this.itemCount) return;
    const moved = this.items.slice(from, this.itemCount);
    for (let i = from - 1; i >= 0; i--) this.items[i + moved.length] = this.items[i];
    for (let i = 0; i < moved.length; i++) this.items[i] = moved[i];
  }

  addTurn(role: Role): Item {
    const turn = this.add(ItemKind.Turn);
    turn.role = role;
    return turn;
  }

  /** The item at `index`, which is below `itemCount`. */
  item(index: i32): Item {
    return <u32>index < <u32>this.itemCount ? this.items[index] : NO_ITEM;
  }

  /** The items as they are, for `putItems`. */
  takeItems(): Array<Item> {
    return this.items.slice(0, this.itemCount);
  }

  /** Puts others in place of the items, until those that `takeItems` gave are put back; nothing may be added meanwhile, and what is hidden stays so. */
  putItems(items: Array<Item>): void {
    this.items = items.concat(this.items.slice(this.itemCount));
    this.itemCount = items.length;
  }

  /** Takes an item out, until `showItem`; nothing may be added meanwhile. */
  hideItem(index: i32): void {
    hideAt<Item>(this.items, index, --this.itemCount);
  }

  /** Puts the item that was hidden last back to `index`. */
  showItem(index: i32): void {
    showAt<Item>(this.items, index, this.itemCount++);
  }

  /** Takes a tool out, until `showTool`; nothing may be added meanwhile. */
  hideTool(index: i32): void {
    hideAt<Tool>(this.tools, index, --this.toolCount);
  }

  /** Puts the tool that was hidden last back to `index`. */
  showTool(index: i32): void {
    showAt<Tool>(this.tools, index, this.toolCount++);
  }

  addTool(): Tool {
    if (this.toolCount == ITEM_LIMIT) {
      this.isTooLong = true;
      SPARE_TOOL.clear();
      return SPARE_TOOL;
    }
    const index = this.toolCount++;
    if (index == this.tools.length) this.tools.push(new Tool());
    const tool = this.tools[index];
    tool.clear();
    return tool;
  }

  /** Keeps only the tools that these names name: a choice among some of the tools is the same as to offer no others. */
  keepTools(names: SpanList): void {
    let kept = 0;
    for (let i = 0; i < this.toolCount; i++) {
      const tool = this.tools[i];
      if (!this.isOneOf(tool.name, names)) continue;
      this.tools[i] = this.tools[kept];
      this.tools[kept++] = tool;
    }
    this.toolCount = kept;
  }

  private isOneOf(name: Span, names: SpanList): bool {
    const text = this.source.bytes(name);
    for (let i = 0; i < names.length; i++) if (this.source.bytes(names.at(i)).equals(text)) return true;
    return false;
  }

  tool(index: i32): Tool {
    return <u32>index < <u32>this.toolCount ? this.tools[index] : NO_TOOL;
  }
}

const NO_ITEM = new Item();
NO_ITEM.kind = ItemKind.Unknown;
const NO_TOOL = new Tool();
const SPARE_ITEM = new Item();
const SPARE_TOOL = new Tool();

/** Moves an element to `last`, behind those that stay. */
function hideAt<T>(list: Array<T>, index: i32, last: i32): void {
  const hidden = list[index];
  for (let i = index; i < last; i++) list[i] = list[i + 1];
  list[last] = hidden;
}

/** Moves the element at `from` back to `index`. */
function showAt<T>(list: Array<T>, index: i32, from: i32): void {
  const shown = list[from];
  for (let i = from; i > index; i--) list[i] = list[i - 1];
  list[index] = shown;
}
