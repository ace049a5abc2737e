import { EMPTY } from "../bytes/bytes";
import { log } from "../host/log";
import { LogLevel } from "../host/types";
import { Problems } from "../config/problems";
import { Rules } from "../rules/rules";
import { Exchange } from "./exchange";

/** The configuration that holds for an exchange as its route is now; null: the plugin does nothing. Asks the host only for what the rules look at. */
export function configFor<T>(rules: Rules<T>, exchange: Exchange): T | null {
  if (rules.all.length == 0) return rules.global;
  return rules.match(
    rules.needsRoute ? exchange.route : EMPTY,
    rules.needsDomain ? exchange.authority : EMPTY,
    rules.needsCluster ? exchange.cluster : EMPTY,
  );
}

/** Logs what is wrong with a plugin's configuration. */
export function report(problems: Problems): void {
  for (let i = 0; i < problems.warnings.length; i++) log(LogLevel.Warn, problems.warnings[i]);
  if (problems.refused) log(LogLevel.Critical, problems.refusal);
}
