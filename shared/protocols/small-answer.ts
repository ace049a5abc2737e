/** Whole answers that are no turn of a conversation, as far as protocols have them in common: what reads one, and counts of tokens, which differ in a name only. */
import { Bytes, EMPTY } from "../bytes/bytes";
import { ABSENT, Span } from "../bytes/span";
import { JsonNumber } from "../json/number";
import { JsonReader, JsonType } from "../json/reader";
import { JsonWriter } from "../json/writer";
import { AnswerEvent, AnswerReader, AnswerWriter, COUNT_LIMIT, EventKind, EventSink, Usage } from "./answer";
import { Failure, FailureKind } from "./failure";
import { ClientProtocol, Passage, ProviderProtocol } from "./protocol";

const NUMBER = new JsonNumber();
const VIEW = new Bytes();
/** Reads an answer that is one JSON object, fed once: all of it is seen before the first event. */
export abstract class SmallReader extends AnswerReader {
  protected readonly json: JsonReader = new JsonReader();
  protected readonly event: AnswerEvent = new AnswerEvent();
  private ended: bool = false;

  constructor(
    /** Whose words an error has that comes in place of the answer. */
    private readonly protocol: ProviderProtocol,
  ) {
    super();
  }

  override read(bytes: Bytes, sink: EventSink): void {
    if (this.ended) return;
    const failure = this.readAnswer(bytes);
    if (failure != null) this.fail(failure, sink);
    else this.tell(sink);
    this.json.release();
    this.close(sink);
  }

  override end(sink: EventSink): void {
    if (this.ended) return;
    this.fail(Failure.of(FailureKind.Provider, "the provider's answer is empty"), sink);
    this.close(sink);
  }

  /** Reads the value of the last key, if it is one that is looked for. */
  protected abstract readMember(): void;
  /** What the answer lacks, "" if nothing. */
  protected abstract get lack(): string;
  protected abstract tell(sink: EventSink): void;

  protected begin(kind: EventKind): AnswerEvent {
    const event = this.event;
    event.kind = kind;
    event.text.set(EMPTY.buffer, 0, 0);
    return event;
  }

  private readAnswer(bytes: Bytes): Failure | null {
    const json = this.json.start(bytes);
    let hasError = false;
    let isObject = json.enterObject();
    if (isObject) {
      while (json.nextKey()) {
        if (json.keyIs("error") && json.peek() != JsonType.Null) hasError = true;
        this.readMember();
      }
    }
    isObject = json.finish() && isObject;
    if (hasError) return this.protocol.readFailure(500, bytes);
    const lack = isObject ? this.lack : "is not a JSON object";
    return lack.length == 0 ? null : Failure.of(FailureKind.Provider, "the provider's answer " + lack);
  }

  private fail(failure: Failure, sink: EventSink): void {
    const event = this.begin(EventKind.Failure);
    event.failure = failure;
    sink.on(event);
    event.failure = null;
  }

  private close(sink: EventSink): void {
    this.ended = true;
    sink.on(this.begin(EventKind.End));
  }
}

/** Reads how many tokens a conversation has, from the member of that name. */
@final
export class CountReader extends SmallReader {
  private tokens: u64 = 0;
  private isKnown: bool = false;

  constructor(
    private readonly member: string,
    protocol: ProviderProtocol,
  ) {
    super(protocol);
  }

  protected override readMember(): void {
    const json = this.json;
    if (!json.keyIs(this.member)) return;
    const number = json.number();
    if (number == ABSENT || !NUMBER.read(json.point(number, VIEW)) || NUMBER.negative || !NUMBER.isWhole) return;
    this.isKnown = true;
    this.tokens = min(NUMBER.magnitude, COUNT_LIMIT);
  }

  protected override get lack(): string {
    return this.isKnown ? "" : "doesn't say `" + this.member + "`";
  }

  protected override tell(sink: EventSink): void {
    const usage = this.begin(EventKind.Usage).usage;
    usage.clear();
    usage.input = this.tokens;
    usage.known = true;
    sink.on(this.event);
  }
}

/** Writes how many tokens a conversation has, as the only member of that name. */
@final
export class CountWriter extends AnswerWriter {
  private tokens: u64 = 0;
  private hasFailed: bool = false;

  constructor(
    private readonly member: string,
    private readonly client: ClientProtocol,
    private readonly passage: Passage,
    private readonly out: JsonWriter,
  ) {
    super();
  }

  get contentType(): string {
    return "application/json";
  }

  on(event: AnswerEvent): void {
    const failure = event.failure;
    if (this.passage != Passage.Translated) return;
    if (event.kind == EventKind.Usage) this.tokens = event.usage.input;
    else if (event.kind == EventKind.Failure && failure != null) {
      this.hasFailed = true;
      this.out.startValue();
      this.client.writeFailure(failure, this.out);
    } else if (event.kind == EventKind.End && !this.hasFailed) {
      const out = this.out;
      out.startValue();
      out.beginObject();
      out.key(this.member);
      out.unsigned(this.tokens);
      out.endObject();
    }
  }
}

/** Reads vectors: a list of objects, each with its numbers in one member. */
export abstract class VectorsReader extends SmallReader {
  private readonly vectors: Array<Span> = [];
  private isSpoilt: bool = false;

  constructor(
    /** Where a vector's numbers are. */
    private readonly numbers: string,
    /** What an answer without vectors is told to lack. */
    private readonly list: string,
    protocol: ProviderProtocol,
  ) {
    super(protocol);
  }

  /** Reads the next value, an array of vectors. */
  protected readVectors(): void {
    const json = this.json;
    if (json.enterArray()) while (json.nextElement()) this.readVector();
  }

  /** Reads the next value, a vector. */
  protected readVector(): void {
    const json = this.json;
    let values: Span = ABSENT;
    if (json.enterObject()) while (json.nextKey()) if (json.keyIs(this.numbers)) values = numbersIn(json);
    if (values == ABSENT) this.isSpoilt = true;
    this.vectors.push(values);
  }

  /** Sets the usage that the answer has told; false: none. */
  protected abstract readUsageInto(usage: Usage): bool;

  protected override get lack(): string {
    if (this.isSpoilt) return "has an embedding without numbers";
    return this.vectors.length > 0 ? "" : "has no " + this.list;
  }

  protected override tell(sink: EventSink): void {
    for (let i = 0; i < this.vectors.length; i++) {
      const event = this.begin(EventKind.Embedding);
      event.index = i;
      this.json.point(this.vectors[i], event.text);
      sink.on(event);
    }
    if (this.readUsageInto(this.event.usage)) sink.on(this.begin(EventKind.Usage));
  }
}

/** The next value, if it is an array of numbers; else `ABSENT`. */
export function numbersIn(json: JsonReader): Span {
  if (json.peek() != JsonType.Array) return ABSENT;
  const from = json.offset;
  json.enterArray();
  let areNumbers = true;
  while (json.nextElement()) if (json.peek() != JsonType.Number) areNumbers = false;
  return areNumbers ? json.spanSince(from) : ABSENT;
}
