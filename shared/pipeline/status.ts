/** What `GET /sluice/health` tells: where providers, endpoints and keys stand, at a listener whose metadata says that it is for this machine alone. */
import { nowMilliseconds } from "../host/time";
import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { writeTime } from "../crypto/utc";
import { PropertyPath } from "../host/property";
import { JsonWriter } from "../json/writer";
import { Condition, Health, lookAtHealth } from "./health";
import { LocalAnswer } from "./reply";

const LOCAL = PropertyPath.of("xds.listener_metadata.filter_metadata.sluice.local");
const time = new ByteWriter(24);

/** Who has something to tell. */
export abstract class StatusReporter {
  /** One JSON object. */
  abstract writeStatus(out: JsonWriter): void;
}

let gathering: Array<StatusReporter> = [];
let current: Array<StatusReporter> = [];

/** To be called before a configuration is read … */
export function beginStatus(): void {
  gathering = [];
}

/** … for each that it has … */
export function addStatus(reporter: StatusReporter): void {
  gathering.push(reporter);
}

/** … and once it is in force. */
export function publishStatus(): void {
  current = gathering;
  gathering = [];
}

/** The answer to a request below `/sluice/`; null: nothing is served there. */
export function statusAnswer(method: Bytes, path: Bytes): LocalAnswer | null {
  if (!method.is("GET") || !path.is("/sluice/health")) return null;
  const local = LOCAL.get();
  if (local == null || !local.is("true")) return null;
  lookAtHealth();
  const out = new JsonWriter();
  out.beginObject();
  out.key("providers");
  out.beginArray();
  for (let i = 0; i < current.length; i++) current[i].writeStatus(out);
  out.endArray();
  out.endObject();
  return new LocalAnswer(200, "application/json", out.view()).detailed("sluice.health");
}

/** The members that say where a key or an endpoint stands: `fit` is the word for one that may be used. */
export function writeHealth(health: Health, fit: string, out: JsonWriter): void {
  health.refresh();
  const isUsable = health.isUsable(nowMilliseconds());
  out.key("state");
  out.asciiText(isUsable ? fit : health.condition == Condition.Blocked ? "blocked" : fit == "up" ? "down" : "parked");
  if (health.since > 0) writeMoment("since", health.since, out);
  if (health.status > 0 && health.condition != Condition.Fit) {
    out.key("status");
    out.unsigned(health.status);
  }
  if (health.failures > 0) {
    out.key("failures");
    out.unsigned(health.failures);
  }
  if (!isUsable) writeMoment("next_try", health.until, out);
  if (!isUsable && health.only != 0) {
    out.key("one_model_only");
    out.boolean(true);
  }
}

function writeMoment(name: string, milliseconds: u64, out: JsonWriter): void {
  time.clear();
  writeTime(milliseconds / 1000, time);
  out.key(name);
  out.text(time.view());
}
