import { Bytes } from "../bytes/bytes";
import { nearestFirst } from "../config/nearest";
import { quoted } from "../config/problems";
import { RootContext, StreamContext } from "../host/context";
import { log } from "../host/log";
import { serve } from "../host/registry";
import { LogLevel } from "../host/types";
import { describeJsonError } from "../json/errors";
import { JsonReader } from "../json/reader";
import { forgetClientsOf } from "../store/pipelined";
import { AttemptRoot } from "./attempt";
import { forgetChores, runChores } from "./chores";
import { Gate } from "./gate";
import { Needs } from "./needs";
import { Stage } from "./stage";
import { Watch } from "./exchange-watch";
import { STALL_PERIOD } from "./stall";
import { beginStatus, publishStatus } from "./status";

/** Makes a plugin's stage from its configuration. */
export abstract class StageFactory {
  constructor(
    /** The plugin's name: its key in the bundle's configuration. */
    public name: string,
  ) {}

  /** The stage; null: refused, and the one line that says why has been logged. `configuration` is the plugin's JSON, valid while this runs. */
  abstract create(configuration: Bytes): Stage | null;
}

/** Which plugins a module holds, in the order in which a request meets them. */
@final
export class Module {
  private factories: Array<StageFactory> = [];

  /** `bundle`: the configuration is an object keyed by plugin name, and a plugin that isn't named isn't there. Else it is the one plugin's own. */
  constructor(private bundle: bool) {}

  with(factory: StageFactory): this {
    this.factories.push(factory);
    return this;
  }

  /** The stages that a configuration asks for; null if it is refused, with a line in the log. */
  stagesOf(configuration: Bytes): Array<Stage> | null {
    const stages: Array<Stage> = [];
    // Before any plugin speaks: what was meant for one that isn't named would be its silence.
    if (this.hasUnknown(configuration)) return null;
    for (let i = 0; i < this.factories.length; i++) {
      const factory = this.factories[i];
      let own: Bytes = configuration;
      if (this.bundle) {
        const found = member(configuration, factory.name);
        if (reader.failed) return refuseText();
        if (found == null) continue;
        own = found;
      } else if (configuration.isEmpty) own = NO_FIELDS;
      const stage = factory.create(own);
      if (stage == null) return null;
      stages.push(stage);
    }
    return stages;
  }

  /** Whether the bundle's configuration names a plugin that isn't here; then a line in the log says so. Ignored, a mistyped key-auth would leave the gateway open. */
  private hasUnknown(configuration: Bytes): bool {
    if (!this.bundle || !reader.start(configuration).enterObject()) return false;
    while (reader.nextKey()) {
      let known = false;
      for (let i = 0; i < this.factories.length; i++) if (reader.keyIs(this.factories[i].name)) known = true;
      if (known) continue;
      const name = reader.bytes(reader.keySpan);
      const names: Array<string> = [];
      for (let i = 0; i < this.factories.length; i++) names.push(this.factories[i].name);
      log(
        LogLevel.Critical,
        `the configuration: found unknown plugin ${quoted(name)}, expected one of ${nearestFirst(name, names).join(", ")}`,
      );
      return true;
    }
    return false;
  }
}

/** Makes this VM serve a module: the gate under its root id (any but `attempt`), the upstream half under `attempt`. To be called once, by the module's entry file. */
export function serveModule(module: Module): void {
  served = module;
  serve("", () => new GateRoot());
  serve("attempt", () => new AttemptRoot());
}

let served: Module = new Module(false);

/** The root of the downstream half: holds the stages of the configuration in force. */
@final
class GateRoot extends RootContext {
  private stages: Array<Stage> = [];
  private needs: u32 = Needs.Head;
  private stalls: Watch | null = null;
  private deadlines: Watch | null = null;

  override onConfigure(configuration: Bytes): bool {
    beginStatus();
    const stages = served.stagesOf(configuration);
    if (stages == null) return false;
    publishStatus();
    let needs = Needs.Head;
    for (let i = 0; i < stages.length; i++) needs |= stages[i].needs;
    this.stages = stages;
    this.needs = needs;
    return true;
  }

  override onTick(): void {
    runChores(this.id);
  }

  override onDelete(): void {
    forgetChores(this.id);
    forgetClientsOf(this.id);
  }

  override createStream(_id: u32): StreamContext {
    let stalls = this.stalls;
    if (stalls == null) this.stalls = stalls = new Watch(this.id, STALL_PERIOD);
    let deadlines = this.deadlines;
    if (deadlines == null) this.deadlines = deadlines = new Watch(this.id, 0);
    return new Gate(this.stages, this.needs, stalls, deadlines);
  }
}

const reader = new JsonReader();
const NO_FIELDS = Bytes.of("{}");

/** The value of a top-level member; null if there is none, or the text is no JSON object (`reader` says). The last of equal names counts. */
function member(text: Bytes, name: string): Bytes | null {
  let found: Bytes | null = null;
  if (!reader.start(text).enterObject()) {
    reader.finish();
    return null;
  }
  while (reader.nextKey()) if (reader.keyIs(name)) found = reader.bytes(reader.skip());
  reader.finish();
  return found;
}

function refuseText(): Array<Stage> | null {
  log(LogLevel.Critical, `the configuration is not valid JSON at byte ${reader.errorOffset}: ${describeJsonError(reader.error)}`);
  return null;
}
