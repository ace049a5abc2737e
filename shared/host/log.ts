import { Bytes } from "../bytes/bytes";
import { OUT, outNumber } from "./memory";
import { proxy_get_log_level, proxy_log } from "./imports";
import { LogLevel, Status } from "./types";

/** Writes a line to the host's log. Never hand it a secret. */
export function log(level: LogLevel, message: string): void {
  const bytes = Bytes.of(message);
  proxy_log(level, bytes.pointer, bytes.length);
}

/** The level below which the host drops lines; `Info` where it doesn't say. */
export function logLevel(): LogLevel {
  return proxy_get_log_level(OUT) == Status.Ok ? <LogLevel>outNumber() : LogLevel.Info;
}
