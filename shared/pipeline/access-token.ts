/** Access tokens that end: one for all workers, fetched by one of them, renewed before its end while the old one still serves. Why so: docs/decisions.md, 20. */
import { Bytes, EMPTY } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { CallAnswer, CallHandler } from "../host/http-call";
import { getShared, setShared } from "../host/shared-data";
import { effectiveContext, setEffectiveContext } from "../host/stream";
import { nowMilliseconds } from "../host/time";
import { Status } from "../host/types";
import { Chore, begin } from "./chores";
import { Exchange } from "./exchange";
import { ExchangeHold } from "./exchange-watch";
import { NumberReader } from "./health";
import { Readiness } from "./provider";

/** Time limit of a fetch, in milliseconds. */
export const FETCH_TIMEOUT: u32 = 5000;
/** After which another worker may fetch, if the one that wanted to hasn't said how it went. */
const LEASE: u64 = 6000;
/** How long nobody tries again after a failure. */
const PAUSE: u64 = 5000;

/** What the token endpoint gave, or why it gave nothing. */
@final
export class Fetched {
  constructor(
    public token: Bytes,
    /** Seconds. */
    public lifetime: u64,
    /** Empty: there is a token. Else what went wrong, in a few words of ASCII without anything secret. */
    public problem: string,
  ) {}
}

/** Where an access token comes from. One object a provider, in each worker; they meet in shared data. */
export abstract class TokenSource {
  private root: u32 = effectiveContext();
  // Milliseconds since 1970.
  private expires: u64 = 0;
  private renewal: u64 = 0;
  private busyUntil: u64 = 0;
  private failedUntil: u64 = 0;
  private version: u32 = 0;
  private waiting: Array<ExchangeHold> = [];
  private poll: Poll | null = null;
  /** Milliseconds after which what still serves is fetched anew; 0: only ahead of its end. */
  protected refresh: u64 = 0;
  /** Milliseconds after which another worker may fetch. */
  protected lease: u64 = LEASE;
  /** The current token; empty: there is none yet. */
  token: Bytes = EMPTY;
  /** Why the last fetch failed. */
  problem: Bytes = EMPTY;

  /** To be made while a root context is configured: calls go out from there. */
  constructor(
    /** Where workers find the token: the same for the same credential, and unlike any other. */
    private key: Bytes,
    /** How long before its end a token is renewed, in milliseconds. */
    private ahead: u64,
  ) {}

  /** Asks for a token, by an HTTP call whose handler passes the answer to `onAnswer`. Not empty: no call was made, and why. */
  abstract fetch(handler: CallHandler): string;

  /** What an answer says. */
  abstract read(answer: CallAnswer): Fetched;

  /** Whether there is a token. Has one fetched where there is none, or its end is near. */
  prepare(): Readiness {
    const now = nowMilliseconds();
    if (now < this.renewal) return Readiness.Ready;
    this.load();
    if (now >= this.renewal && now >= this.busyUntil && now >= this.failedUntil) this.claim(now);
    if (now < this.expires) return Readiness.Ready;
    return now < this.failedUntil ? Readiness.Unavailable : Readiness.Waiting;
  }

  /** Resumes an exchange, whose gate's context this is, once `prepare` has another answer. */
  wait(exchange: Exchange): void {
    this.waiting.push(new ExchangeHold(exchange));
    let poll = this.poll;
    if (poll == null) {
      poll = new Poll(this);
      this.poll = poll;
    }
    begin(this.root, poll);
  }

  /** Lets those go on that waited. */
  resumeAll(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (let i = 0; i < waiting.length; i++) waiting[i].resume();
    setEffectiveContext(this.root);
  }

  /** The answer to the call of this worker has come, in the root context. */
  onAnswer(answer: CallAnswer): void {
    const now = nowMilliseconds();
    const fetched = this.read(answer);
    if (fetched.problem.length > 0) return this.fail(now, fetched.problem);
    this.token = fetched.token;
    const lifetime = fetched.lifetime * 1000;
    this.expires = now + lifetime;
    this.renewal = this.refresh > 0 ? now + this.refresh : this.expires - min(this.ahead, lifetime / 2);
    this.busyUntil = 0;
    this.failedUntil = 0;
    this.problem = EMPTY;
    this.save(0);
    this.resumeAll();
  }

  /** Fetches, unless another worker does. */
  private claim(now: u64): void {
    this.busyUntil = now + this.lease;
    // An absent key is created with any version but 0, and only by one of those who try.
    if (this.save(max(this.version, 1)) != Status.Ok) return this.load();
    const own = effectiveContext();
    setEffectiveContext(this.root);
    const problem = this.fetch(new TokenCall(this));
    setEffectiveContext(own);
    if (problem.length > 0) this.fail(now, problem);
  }

  private fail(now: u64, problem: string): void {
    this.busyUntil = 0;
    this.failedUntil = now + PAUSE;
    this.problem = Bytes.of(problem);
    this.report(problem);
    this.save(0);
    if (effectiveContext() == this.root) this.resumeAll();
  }

  /** Tells the operator. */
  abstract report(problem: string): void;

  private load(): void {
    const shared = getShared(this.key);
    if (shared == null) return;
    this.version = shared.version;
    const record = new NumberReader(shared.bytes);
    this.expires = record.next();
    this.renewal = record.next();
    this.busyUntil = record.next();
    this.failedUntil = record.next();
    const length = <i32>record.next();
    this.token = record.text(length);
    this.problem = record.text(i32.MAX_VALUE);
  }

  private save(version: u32): Status {
    const out = new ByteWriter(this.token.length + 100);
    out.unsigned(this.expires);
    out.byte(0x20);
    out.unsigned(this.renewal);
    out.byte(0x20);
    out.unsigned(this.busyUntil);
    out.byte(0x20);
    out.unsigned(this.failedUntil);
    out.byte(0x20);
    out.unsigned(this.token.length);
    out.byte(0x20);
    out.bytes(this.token);
    out.bytes(this.problem);
    return setShared(this.key, out.view(), version);
  }
}

/** A call for a token, made from the root context: it outlives the request that needed it. */
class TokenCall extends CallHandler {
  constructor(private source: TokenSource) {
    super();
  }

  onAnswer(answer: CallAnswer): void {
    this.source.onAnswer(answer);
  }
}

/** Looks whether another worker has the token, or has given up. */
class Poll extends Chore {
  constructor(private source: TokenSource) {
    super();
  }

  run(): bool {
    if (this.source.prepare() == Readiness.Waiting) return true;
    this.source.resumeAll();
    return false;
  }
}
