import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { CallAnswer, CallHandler, httpCall } from "../host/http-call";
import { log } from "../host/log";
import { HeaderBuilder } from "../host/pairs";
import { effectiveContext, setEffectiveContext } from "../host/stream";
import { nowNanoseconds } from "../host/time";
import { LogLevel, Status } from "../host/types";
import { Command } from "./command";
import { Redis, ReplyHandler } from "./redis";
import { Reply, ReplyReader } from "./reply";
import { RedisSettings } from "./settings";

/** From this size on a pipeline doesn't wait for the one before it. */
const LARGE = 64 * 1024;
/** How many pipelines may be on their way at once. */
const MOST_IN_FLIGHT = 8;
/** What may wait: who comes later is told that it is lost. */
const LARGEST = 16 * 1024 * 1024;
/** For how long nobody is kept waiting after Redis couldn't be asked, in nanoseconds. */
const REST: u64 = 1_000_000_000;

/**
 * Redis through Envoy's own TCP: the body of an HTTP call is a pipeline, the answer's body its replies, and Redis closes once it has read the end (docs/decisions.md, 21). A command goes at once when nothing of this worker's is on its way; else it gathers with others until the
 * pipeline before it is back. To be made while a root context is configured: calls go out from there, so that they outlive the request that asked.
 */
@final
export class PipelinedRedis extends Redis {
  private readonly root: u32 = effectiveContext();
  private readonly reader: ReplyReader = new ReplyReader();
  private readonly gathered: ByteWriter = new ByteWriter(0);
  private handlers: Array<ReplyHandler | null> = [];
  private inFlight: i32 = 0;
  private restsUntil: u64 = 0;
  /** AUTH and SELECT, where they are needed: in front of each pipeline, as each has a connection of its own. */
  private readonly greeting: ByteWriter = new ByteWriter(0);
  private greetings: i32 = 0;

  constructor(public readonly settings: RedisSettings) {
    super();
    if (!settings.password.isEmpty) {
      command.begin("AUTH");
      if (!settings.username.isEmpty) command.bytes(settings.username);
      command.bytes(settings.password).write(this.greeting);
      this.greetings++;
    }
    if (settings.database != 0) {
      command.begin("SELECT").number(settings.database).write(this.greeting);
      this.greetings++;
    }
    // It has held the password.
    command.begin("");
  }

  /** The root context that it calls from. */
  get context(): u32 {
    return this.root;
  }

  override send(command: Command, handler: ReplyHandler | null): void {
    if (this.rests || this.gathered.length + command.length > LARGEST) return lose(handler);
    command.write(this.gathered);
    this.handlers.push(handler);
    if (this.inFlight == 0 || (this.gathered.length >= LARGE && this.inFlight < MOST_IN_FLIGHT)) this.flush();
  }

  /** A pipeline's answer has come, in the root context. */
  onAnswer(handlers: Array<ReplyHandler | null>, answer: CallAnswer): void {
    // Until all have heard: what they ask now goes in one pipeline.
    const problem = answer.status == 200 ? this.deliver(handlers, answer.readBody()) : "can't be reached, or takes too long";
    this.inFlight--;
    if (problem.length > 0) this.rest(problem, handlers);
    if (this.handlers.length > 0 && this.inFlight < MOST_IN_FLIGHT) this.flush();
  }

  /** Whether Redis is given time, since it couldn't be asked. */
  private get rests(): bool {
    if (this.restsUntil == 0) return false;
    if (nowNanoseconds() < this.restsUntil) return true;
    this.restsUntil = 0;
    return false;
  }

  private flush(): void {
    const body = new ByteWriter(this.greeting.length + this.gathered.length);
    body.bytes(this.greeting.view());
    body.bytes(this.gathered.view());
    const handlers = this.handlers;
    this.handlers = [];
    this.gathered.clear();
    const cluster = this.settings.cluster;
    const head = new HeaderBuilder();
    head.setAscii(":method", "POST").setAscii(":path", "/").set(":authority", cluster);
    const own = effectiveContext();
    setEffectiveContext(this.root);
    this.inFlight++;
    const status = httpCall(cluster, head, body.view(), this.settings.timeout, new Pipeline(this, handlers));
    setEffectiveContext(own);
    if (status == Status.Ok) return;
    this.inFlight--;
    this.rest(status == Status.BadArgument ? "has no cluster" : "can't be called", handlers);
    setEffectiveContext(own);
  }

  /** Hands each its reply, and forgets it in `handlers`; why some have none, "" if all have. */
  private deliver(handlers: Array<ReplyHandler | null>, body: Bytes): string {
    const reader = this.reader.start(body);
    let problem = "";
    for (let i = 0; i < this.greetings && problem.length == 0; i++) {
      if (!reader.next()) problem = NO_REPLY;
      else if (!reader.value.isDone) problem = `refuses the login or the database: ${errorName(reader.value.text)}`;
    }
    for (let i = 0; i < handlers.length && problem.length == 0; i++) {
      if (!reader.next()) {
        problem = NO_REPLY;
        break;
      }
      const handler = handlers[i];
      handlers[i] = null;
      if (handler == null) continue;
      handler.onReply(reader.value, reader);
      setEffectiveContext(this.root);
    }
    reader.release();
    return problem;
  }

  /** Those who wait, and those who ask in the next second, are told that nothing came. */
  private rest(problem: string, handlers: Array<ReplyHandler | null>): void {
    log(LogLevel.Warn, `redis "${this.settings.cluster.toString()}" ${problem}`);
    this.restsUntil = nowNanoseconds() + REST;
    const waiting = this.handlers;
    this.handlers = [];
    this.gathered.clear();
    loseAll(handlers);
    loseAll(waiting);
    setEffectiveContext(this.root);
  }
}

/** One HTTP call on its way. */
@final
class Pipeline extends CallHandler {
  constructor(
    private client: PipelinedRedis,
    private handlers: Array<ReplyHandler | null>,
  ) {
    super();
  }

  onAnswer(answer: CallAnswer): void {
    this.client.onAnswer(this.handlers, answer);
  }
}

const NO_REPLY = "gives no reply that could be read";
const command = new Command();
const lost = new Reply();
const noElements = new ReplyReader();

function lose(handler: ReplyHandler | null): void {
  if (handler != null) handler.onReply(lost, noElements);
}

function loseAll(handlers: Array<ReplyHandler | null>): void {
  for (let i = 0; i < handlers.length; i++) lose(handlers[i]);
}

/** The word that an error begins with (`WRONGPASS`, `NOAUTH` …): what follows may quote what was sent. */
function errorName(text: Bytes): string {
  let end = 0;
  while (end < text.length && <u32>text.at(end) - 0x41 < 26) end++;
  return end == 0 ? "an error" : text.slice(0, end).toString();
}

const clients: Array<PipelinedRedis> = [];

/** The client for these settings in the root context that is being configured: plugins of a module that name the same Redis have one, and their commands go together. */
export function redisFor(settings: RedisSettings): Redis {
  const root = effectiveContext();
  for (let i = 0; i < clients.length; i++) if (clients[i].context == root && clients[i].settings.equals(settings)) return clients[i];
  const client = new PipelinedRedis(settings);
  clients.push(client);
  return client;
}

/** Forgets the clients of a root context that is gone. */
export function forgetClientsOf(root: u32): void {
  for (let i = clients.length - 1; i >= 0; i--) if (clients[i].context == root) clients.splice(i, 1);
}
