/** Finds out whether blocked keys work again, by requests that no client waits for. */
import { nowMilliseconds } from "../../shared/host/time";
import { Bytes, EMPTY } from "../../shared/bytes/bytes";
import { ByteWriter } from "../../shared/bytes/writer";
import { CallAnswer, CallHandler, httpCall } from "../../shared/host/http-call";
import { HeaderBuilder } from "../../shared/host/pairs";
import { Status } from "../../shared/host/types";
import { JsonWriter } from "../../shared/json/writer";
import { Chore } from "../../shared/pipeline/chores";
import { clientOf } from "../../shared/pipeline/clients";
import { Exchange } from "../../shared/pipeline/exchange";
import { Condition, lookAtHealth } from "../../shared/pipeline/health";
import { OutgoingRequest, PlannedTarget } from "../../shared/pipeline/provider";
import { ProviderRequest } from "../../shared/pipeline/request";
import { Dialect, Operation } from "../../shared/protocols/operation";
import { Target } from "../../shared/protocols/protocol";
import { FailoverPolicy, ProbeClaimed } from "./key-changes";
import { KeyPool } from "./key-pool";
import { ConfiguredProvider } from "./provider";

/** How often it looks, in milliseconds. */
const LOOK: u64 = 100;
const CHAT = Bytes.of("/v1/chat/completions");
const outgoing = new OutgoingRequest();
const path = new ByteWriter(64);

/** Runs in each worker as long as some key isn't fit; workers agree by the key's record on who probes. */
@final
export class KeyProbe extends Chore {
  private next: u64 = 0;

  constructor(
    private provider: ConfiguredProvider,
    private pool: KeyPool,
    private policy: FailoverPolicy,
    private cluster: Bytes,
    /** Empty: the list of models is asked for. */
    private model: Bytes,
    /** Milliseconds. */
    private timeout: u32,
  ) {
    super();
  }

  override run(): bool {
    const now = nowMilliseconds();
    if (now < this.next) return true;
    this.next = now + LOOK;
    lookAtHealth();
    let isNeeded = false;
    const keys = this.pool.keys;
    for (let i = 0; i < keys.length; i++) {
      const health = keys[i].health;
      health.refresh();
      if (health.isUsable(now)) continue;
      isNeeded = true;
      if (health.condition == Condition.Blocked && now >= health.until && health.update(new ProbeClaimed(this.policy))) this.ask(i);
    }
    this.pool.count();
    return isNeeded;
  }

  private ask(key: i32): void {
    const exchange = new Exchange();
    exchange.begin([]);
    exchange.key = key;
    const handler = new ProbeAnswer(this.pool, key);
    const status = this.model.isEmpty ? this.askForModels(exchange, handler) : this.askModel(exchange, handler);
    if (status != Status.Ok) this.pool.probed(key, 0);
  }

  private askModel(exchange: Exchange, handler: ProbeAnswer): Status {
    const out = new JsonWriter();
    out.beginObject();
    out.key("model");
    out.text(this.model);
    out.key("messages");
    out.beginArray();
    out.beginObject();
    out.key("role");
    out.asciiText("user");
    out.key("content");
    out.asciiText("who are you?");
    out.endObject();
    out.endArray();
    out.endObject();
    exchange.method = Bytes.of("POST");
    exchange.path = CHAT;
    exchange.model = this.model;
    exchange.conversation.reset(out.view(), Dialect.OpenAI, Operation.Chat, CHAT);
    clientOf(Dialect.OpenAI).readRequest(exchange.conversation);
    exchange.isRead = true;
    const request = new ProviderRequest(true);
    this.provider.resolve(exchange, null, request.target);
    const head = request.compose(exchange, new PlannedTarget(this.provider, null));
    return httpCall(this.cluster, head, request.keepsBody ? exchange.conversation.source.body : request.bytes, this.timeout, handler);
  }

  private askForModels(exchange: Exchange, handler: ProbeAnswer): Status {
    exchange.conversation.reset(EMPTY, Dialect.OpenAI, Operation.Models, EMPTY);
    const head = new HeaderBuilder();
    path.clear();
    this.provider.writeModelsPath(path);
    head.setAscii(":method", "GET");
    head.set(":path", path.view());
    head.set(":authority", this.provider.authority(new Target()));
    this.provider.writeHeaders(exchange, outgoing, head);
    return httpCall(this.cluster, head, EMPTY, this.timeout, handler);
  }
}

@final
class ProbeAnswer extends CallHandler {
  constructor(
    private pool: KeyPool,
    private key: i32,
  ) {
    super();
  }

  onAnswer(answer: CallAnswer): void {
    this.pool.probed(this.key, answer.status);
  }
}
