import { Bytes, EMPTY } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { JsonWriter } from "../json/writer";
import { AnswerReader, AnswerWriter } from "./answer";
import { TextUse } from "./answer-text";
import { Conversation } from "./conversation";
import { Failure } from "./failure";
import { isMediaType } from "../bytes/media-type";
import { Dialect, Operation } from "./operation";

/** How a provider's answer becomes the client's. */
export enum Passage {
  /** Events are read from the provider's protocol and written in the client's. */
  Translated,
  /** Same protocol, a whole answer: the provider's bytes are the client's. Events are read for their facts only. */
  Unchanged,
  /** Same protocol, a stream: the client gets the bytes of the `Relay` events, which the reader emits beside the others, and a failure in the client's own words. */
  Relayed,
  /** The provider's bytes are the client's as they come, whatever they are, from the headers of a success on. Events are read for their facts only, and there may be none. */
  Passing,
}

/** What the client's answer needs to know besides the events. */
@final
export class AnswerSettings {
  /** Unix time, in seconds. */
  created: u64 = 0;
  /** What was asked for. */
  operation: Operation = Operation.Chat;
  stream: bool = false;
  /** As `Conversation.streamsArray`, `embedsOne`, `wantsThoughts`, and `cites`. */
  streamsArray: bool = false;
  embedsOne: bool = false;
  wantsThoughts: bool = false;
  cites: bool = false;
  /** Does the client want a usage event at the end of a stream? */
  includeUsage: bool = false;
  passage: Passage = Passage.Translated;
  /** Does the client expect calls in OpenAI's old form (`Conversation.legacyFunctions`)? */
  legacyFunctions: bool = false;
  /** The answer is to an embeddings request, and whether its vectors are to be base64. */
  embeddings: bool = false;
  base64Vectors: bool = false;
  /** For answers whose provider names no id: any text that is unique, as string content. */
  id: Bytes = new Bytes();
  /** For answers whose provider names no model: the one that was asked for, as string content. */
  model: Bytes = new Bytes();
  /** What was asked, for protocols whose answers repeat some of it (Responses). It has to stay as it is while the answer comes. */
  request: Conversation | null = null;

  /** Takes over what the request says of its answer. */
  follow(conversation: Conversation): this {
    this.operation = conversation.operation;
    this.stream = conversation.stream;
    this.streamsArray = conversation.streamsArray;
    this.embedsOne = conversation.embedsOne;
    this.embeddings = conversation.operation == Operation.Embeddings;
    this.base64Vectors = conversation.base64Vectors;
    this.wantsThoughts = conversation.wantsThoughts;
    this.cites = conversation.cites;
    this.includeUsage = conversation.includeUsage;
    this.legacyFunctions = conversation.legacyFunctions;
    return this;
  }

  /** Settings of a writer's own: the caller's may serve for the next answer while this one still comes. */
  copy(): AnswerSettings {
    const own = new AnswerSettings();
    own.created = this.created;
    own.operation = this.operation;
    own.stream = this.stream;
    own.streamsArray = this.streamsArray;
    own.embedsOne = this.embedsOne;
    own.wantsThoughts = this.wantsThoughts;
    own.cites = this.cites;
    own.includeUsage = this.includeUsage;
    own.passage = this.passage;
    own.legacyFunctions = this.legacyFunctions;
    own.embeddings = this.embeddings;
    own.base64Vectors = this.base64Vectors;
    own.id = this.id.copy();
    own.model = this.model.copy();
    own.request = this.request;
    return own;
  }
}

/** The client's side of a protocol. One object serves all requests: it has no state. */
export abstract class ClientProtocol {
  abstract get dialect(): Dialect;

  /** Reads `conversation.source.body`, which was reset for it. A failure names the field, what was found and what was expected. */
  abstract readRequest(conversation: Conversation): Failure | null;

  /** Why this can be asked only of a provider that speaks this protocol itself; null: any that the conversation fits will do. */
  needsItsOwn(_conversation: Conversation, _target: Target): Failure | null {
    return null;
  }

  /** A writer for one answer, which appends to `out`. Under `Passage.Relayed` it writes `Relay` events as they are and of the others only `Failure`. */
  abstract writer(settings: AnswerSettings, out: JsonWriter): AnswerWriter;

  /** An error body. */
  abstract writeFailure(failure: Failure, out: JsonWriter): void;

  /** An error inside a stream that has begun, and whatever ends a stream. */
  abstract writeFailureEvent(failure: Failure, out: JsonWriter): void;
}

/** For whom a request is written. */
@final
export class Target {
  /** The provider's id, as configured. */
  provider: Bytes = new Bytes();
  /** In whose protocol's words a field that the provider can't be told is named. */
  client: Dialect = Dialect.OpenAI;
  /** The model's name at this provider: the content of a JSON string, escaped. */
  model: Bytes = new Bytes();
  /** Whether the configured model differs from what the client's body says. */
  modelChanged: bool = false;
  /** Whether OpenAI's `stream_options` may be sent: Mistral refuses it, and counts without being asked. Where not, a client's own is left out. */
  takesStreamOptions: bool = true;
  /** Whether the limit may be called `max_completion_tokens` (OpenAI since o1), or must be called `max_tokens`, as most compatible vendors know it. */
  takesMaxCompletionTokens: bool = true;
  /** Whether a translated request repeats earlier thinking as `reasoning_content`: DeepSeek and Moonshot want it, others refuse it. */
  takesReasoningContent: bool = false;
  /** Whether it is OpenAI itself, on whatever cloud: it has members that vendors of its protocol refuse or don't know (`service_tier`, `verbosity`, `store` …). */
  isOpenAIs: bool = true;
  /** Messages of the configuration's own, raw JSON in OpenAI's form, that stand in front of the first one that isn't a system's; empty: none. */
  systemMessages: Bytes = EMPTY;
  /** Members of the configuration's own, raw JSON without braces (`"enable_search":true`), at the top of the request; empty: none. */
  members: Bytes = EMPTY;
  /** The conversation that the vendor itself keeps (Dify's `conversation_id`), in UTF-8; empty: none. */
  thread: Bytes = EMPTY;
  /** Where the vendor keeps conversations: the caller's name, UTF-8; empty: it has none. */
  consumer: Bytes = EMPTY;
  /** Of Claude on a cloud's platform: the version, which stands in the body there, while the model stands in the path. Empty: Anthropic's own API. */
  platformVersion: Bytes = EMPTY;
  /** Of Gemini: whether calls and their results have ids. */
  takesCallIds: bool = true;
  /** Whether the gateway says what of the prompt is to be cached, where the client says nothing (`cache-points.ts`). */
  cachesPrompt: bool = false;
  /** Whether what the provider can't be told is left out (`omissions.ts`), or the request refused. */
  dropsUnsupported: bool = false;
}

/** How an answer comes, by its content type. */
export enum AnswerForm {
  /** In none that this protocol has. */
  Foreign,
  /** Whole. */
  Whole,
  /** Piece by piece. */
  Stream,
  /** In whatever form: nothing of it is held (`Passage.Passing`). */
  Passing,
  /** As `Passing`, and there is nothing to read in it: sound, pictures. */
  Unread,
}

/** The provider's side of a protocol. One object serves all requests: it has no state. */
export abstract class ProviderProtocol {
  abstract get dialect(): Dialect;

  /** Whether the protocol has anything for an operation. */
  has(operation: Operation): bool {
    return operation == Operation.Chat;
  }

  /** Why this conversation can't be said in this protocol; null: it can, and then writing it cannot fail. */
  abstract fits(conversation: Conversation, target: Target): Failure | null;

  /** The path (with query), below the provider's base path, where the vendor's row names none. */
  abstract writePath(conversation: Conversation, target: Target, out: ByteWriter): void;

  /** The body. */
  abstract writeRequest(conversation: Conversation, target: Target, out: JsonWriter): void;

  /** Whether the client's own bytes will do as body: same protocol, nothing edited. */
  passesUnchanged(_conversation: Conversation, _target: Target): bool {
    return false;
  }

  /** What becomes of the answer to this conversation. Also decides whether the readers emit `Relay` events. */
  passage(_conversation: Conversation): Passage {
    return Passage.Translated;
  }

  /** What the readers do with the text of the answer to this conversation. */
  textUse(conversation: Conversation): TextUse {
    if (this.passage(conversation) != Passage.Translated) return TextUse.None;
    return conversation.cites ? TextUse.Keep : TextUse.Count;
  }

  /** Whether it signs what the model thought, and wants it back in front of the calls that it led to. */
  get signsThinking(): bool {
    return false;
  }

  /** The same protocol, but nothing of an answer passes as it is: its events are to be changed on the way. */
  rewriting(): ProviderProtocol {
    return this;
  }

  /** How an answer with this content type comes: most protocols stream events and answer in JSON else. */
  answerForm(contentType: Bytes): AnswerForm {
    if (isMediaType(contentType, "text/event-stream")) return AnswerForm.Stream;
    return isMediaType(contentType, "application/json") ? AnswerForm.Whole : AnswerForm.Foreign;
  }

  /** A reader for a streamed answer to this conversation. */
  abstract streamReader(conversation: Conversation): AnswerReader;

  /** A reader for a whole answer, fed once. */
  abstract wholeReader(conversation: Conversation): AnswerReader;

  /** What an answer with an error status says. Any bytes: where they can't be read the failure says so with the status' own kind. */
  abstract readFailure(status: i32, body: Bytes): Failure;

  /** The header of an answer that says what kind of error it is, "" where the body does. */
  get errorHeader(): string {
    return "";
  }

  /** As `readFailure`, with that header's value. */
  readNamedFailure(status: i32, _type: Bytes, body: Bytes): Failure {
    return this.readFailure(status, body);
  }
}
