import { proxy_get_current_time_nanoseconds, proxy_set_tick_period_milliseconds } from "./imports";
import { OUT } from "./memory";
import { Status } from "./types";

/** Nanoseconds since 1970; 0 if the host doesn't know. */
export function nowNanoseconds(): u64 {
  return proxy_get_current_time_nanoseconds(OUT) == Status.Ok ? load<u64>(OUT) : 0;
}

/** Milliseconds since 1970; 0 if the host doesn't know. */
export function nowMilliseconds(): u64 {
  return nowNanoseconds() / 1_000_000;
}

/** How often `onTick` comes to the current root context, in milliseconds; 0: never. */
export function setTickPeriod(milliseconds: u32): Status {
  return proxy_set_tick_period_milliseconds(milliseconds);
}
