import { Bytes, EMPTY } from "../bytes/bytes";
import { statusIn } from "../bytes/digits";
import { HeaderBlock } from "../host/pairs";
import { AnswerReader } from "../protocols/answer";
import { Failure, FailureKind, settleKind } from "../protocols/failure";
import { Operation } from "../protocols/operation";
import { AnswerForm } from "../protocols/protocol";
import { CONTENT_FILTER } from "./causes";
import { Exchange } from "./exchange";
import { PlannedTarget } from "./provider";
import { retryDelay } from "./retry-delay";

const view = new Bytes();

/** What an attempt's answer turned out to be. */
export enum Outcome {
  /** Too early to tell: hold the headers. */
  Open,
  /** It is the client's: there is content, a whole and valid answer, or a success that passes as it comes. */
  Committed,
  /** `Intake.failure` says why it isn't. */
  Failed,
}

enum Form {
  /** Fed as it comes. */
  Stream,
  /** Fed once, when all of it is there: a whole answer, or a stream that nobody asked for. */
  Whole,
  /** Fed as it comes, and the client's from the headers on. */
  Passing,
  /** As `Passing`, but not even fed. */
  Unread,
  /** An error's body, fed once, whole. */
  Error,
  /** Nothing more is read: the headers said enough. */
  Refused,
}

/** The largest body of an error that is read. */
const ERROR_LIMIT = 65536;

/** Reads one attempt's answer into the exchange's queue, up to the commit point and beyond. Knows nothing of where its filter stands. */
@final
export class Intake {
  outcome: Outcome = Outcome.Open;
  failure: Failure | null = null;
  /** The provider streams what was asked for whole, or the other way round: even its own protocol then needs to be written anew. */
  isOtherForm: bool = false;
  private form: Form = Form.Refused;
  /** What the provider answered; 0: nothing. */
  status: i32 = 0;
  private retryAfter: Bytes = new Bytes();
  private retryIn: u64 = 0;
  private errorType: Bytes = new Bytes();
  private reader: AnswerReader | null = null;

  constructor(
    private exchange: Exchange,
    private planned: PlannedTarget,
  ) {}

  /** Whether bytes are wanted only once, when all are there. */
  get wantsAll(): bool {
    return this.form == Form.Whole || this.form == Form.Error;
  }

  /** Whether the bytes need not be read. */
  get wantsNone(): bool {
    return this.form == Form.Unread;
  }

  /** Whether the bytes are the client's as they come. */
  get passes(): bool {
    return this.form == Form.Passing;
  }

  /** How many bytes at most are to be gathered where `wantsAll`. */
  get limit(): i32 {
    return this.form == Form.Error ? ERROR_LIMIT : this.exchange.answerLimit;
  }

  /** The answer's headers have come. */
  begin(head: HeaderBlock): void {
    this.exchange.queue.reset();
    const status = head.find(":status", view);
    this.status = status == null ? 0 : statusIn(status);
    const retryAfter = head.find("retry-after", view);
    if (retryAfter != null && isDelayOrDate(retryAfter)) this.retryAfter = retryAfter.copy();
    if (this.status >= 400) {
      this.form = Form.Error;
      this.retryIn = retryDelay(head);
      const header = this.exchange.protocolOf(this.planned).errorHeader;
      const errorType = header.length > 0 ? head.find(header, view) : null;
      if (errorType != null) this.errorType = this.planned.provider.withoutCredentials(errorType).copy();
      return;
    }
    if (this.status < 200 || this.status >= 300)
      return this.fail(this.broken("status " + this.status.toString() + ", which is neither an answer nor an error"));
    const encoding = head.find("content-encoding", view);
    if (encoding != null && !encoding.isEmpty && !encoding.isIgnoringCase("identity")) {
      return this.fail(this.broken("a compressed answer that nobody asked for"));
    }
    const type = head.find("content-type", view);
    const conversation = this.exchange.conversation;
    const protocol = this.exchange.protocolOf(this.planned);
    const form = protocol.answerForm(type == null ? EMPTY : type);
    const operation = conversation.operation;
    if (form == AnswerForm.Stream && (operation == Operation.Embeddings || operation == Operation.CountTokens))
      return this.fail(this.broken("a stream of events where a whole answer belongs"));
    if (form == AnswerForm.Foreign) {
      return this.fail(
        this.broken(type == null ? "an answer without content type" : "an answer of the type " + type.slice(0, 80).toString()),
      );
    }
    if (form == AnswerForm.Passing || form == AnswerForm.Unread) {
      this.form = form == AnswerForm.Passing ? Form.Passing : Form.Unread;
      this.reader = protocol.streamReader(conversation);
      this.outcome = Outcome.Committed;
      return;
    }
    const streams = form == AnswerForm.Stream;
    this.isOtherForm = streams != conversation.stream;
    this.form = streams && conversation.stream ? Form.Stream : Form.Whole;
    this.reader = streams ? protocol.streamReader(conversation) : protocol.wholeReader(conversation);
  }

  /** More bytes of a stream, or all of an answer that `wantsAll`. */
  feed(bytes: Bytes): void {
    if (this.form == Form.Error) return this.feedError(bytes);
    const reader = this.reader;
    if (reader == null) return;
    const queue = this.exchange.queue;
    if (!queue.ended) {
      const before = queue.size;
      reader.read(bytes, queue);
      this.hideCredentials(before);
    }
    if (this.form == Form.Stream) this.judge(false);
  }

  /** Whether the next bytes may complete a key that these end in. */
  mayQuoteOn(bytes: Bytes): bool {
    return this.planned.provider.endsInCredential(bytes);
  }

  /** Hides in a whole answer, or in what passes of one, the key that it quotes, which passes as it is where client and provider speak the same. False: it quotes none. */
  hideIn(bytes: Bytes): bool {
    const provider = this.planned.provider;
    if ((this.form != Form.Whole && this.form != Form.Passing) || !provider.quotesCredential(bytes)) return false;
    provider.maskCredentials(bytes);
    return true;
  }

  /** The provider's last byte has come. */
  end(): void {
    if (this.form == Form.Error) {
      if (this.outcome == Outcome.Open) this.feedError(new Bytes());
      return;
    }
    const reader = this.reader;
    if (reader == null) return;
    const queue = this.exchange.queue;
    if (!queue.ended) {
      const before = queue.size;
      reader.end(queue);
      this.hideCredentials(before);
    }
    this.judge(true);
  }

  /** The answer isn't a provider's at all. */
  giveUp(): void {
    this.outcome = Outcome.Failed;
  }

  /** More than `limit` bytes have come. */
  tooLarge(): void {
    if (this.form == Form.Error) this.feedError(new Bytes());
    else this.fail(this.broken("an answer over the limit of " + this.limit.toString() + " bytes (answerLimit)"));
  }

  private judge(ended: bool): void {
    if (this.outcome != Outcome.Open) return;
    const queue = this.exchange.queue;
    const failure = queue.failure;
    if (failure != null && (!queue.hasContent || this.form == Form.Whole)) return this.fail(failure);
    if ((this.exchange.causes & CONTENT_FILTER) != 0 && queue.isWithheld && this.isAnotherLeft) return this.fail(this.withheld());
    if (queue.hasContent ? this.form == Form.Stream || ended : ended) this.outcome = Outcome.Committed;
  }

  /** Whether another provider is left to ask: at the same one the same filter would refuse again. */
  private get isAnotherLeft(): bool {
    const exchange = this.exchange;
    for (let i = exchange.attempts; i < exchange.targetCount; i++)
      if (!exchange.targets[i].provider.id.equals(this.planned.provider.id)) return true;
    return false;
  }

  private withheld(): Failure {
    return Failure.of(
      FailureKind.InvalidRequest,
      `The filter of provider "${this.planned.provider.id.toString()}" withheld the answer.`,
    ).withCode("content_filter");
  }

  private feedError(bytes: Bytes): void {
    if (this.outcome != Outcome.Open) return;
    const failure = this.exchange
      .protocolOf(this.planned)
      .readNamedFailure(this.status, this.errorType, this.planned.provider.withoutCredentials(bytes));
    if (failure.retryAfter.isEmpty) failure.retryAfter = this.retryAfter;
    failure.retryIn = this.retryIn;
    settleKind(failure, this.status);
    this.fail(failure);
  }

  /** A provider may quote the key that it was asked with: in an error, and in whatever else it puts into a stream. `before`: the queue's size when what is looked at began to come. */
  private hideCredentials(before: i32): void {
    const queue = this.exchange.queue;
    const failure = queue.failure;
    if (failure != null) this.clean(failure);
    const provider = this.planned.provider;
    provider.maskCredentials(queue.since(before, view));
    if (!queue.thread.isEmpty) queue.thread = provider.withoutCredentials(queue.thread);
  }

  /** Says whose a failure is, and takes out of it what the client may not read: a key that was escaped in the provider's JSON is found only here. */
  private clean(failure: Failure): void {
    const provider = this.planned.provider;
    failure.provider = provider.id;
    failure.message = provider.withoutCredentials(failure.message);
    failure.code = provider.withoutCredentials(failure.code);
  }

  private fail(failure: Failure): void {
    this.clean(failure);
    this.failure = failure;
    this.outcome = Outcome.Failed;
    this.reader = null;
    this.exchange.queue.reset();
  }

  private broken(what: string): Failure {
    return Failure.of(FailureKind.Provider, `provider "${this.planned.provider.id.toString()}" gave ${what}`);
  }
}

/** Seconds, or a date in whatever form: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 */
export function isDelayOrDate(value: Bytes): bool {
  if (value.length > 64) return false;
  for (let i = 0; i < value.length; i++) {
    const byte = <u32>value.at(i);
    const isWord = byte - 0x30 < 10 || (byte | 0x20) - 0x61 < 26;
    if (!isWord && byte != 0x20 && byte != 0x2c && byte != 0x3a && byte != 0x2e && byte != 0x2b && byte != 0x2d) return false;
  }
  return true;
}
