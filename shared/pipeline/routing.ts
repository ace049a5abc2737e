import { Bytes } from "../bytes/bytes";
import { Failure } from "../protocols/failure";
import { Exchange } from "./exchange";

/** Which provider (its id) a request without a model goes to, by the first stage that knows; null: none does. */
export function providerFor(exchange: Exchange): Bytes | null {
  const stages = exchange.stages;
  for (let i = 0; i < stages.length; i++) {
    const provider = stages[i].providerFor(exchange);
    if (provider != null) return provider;
  }
  return null;
}

/** Whether the caller may use a model by its name, which no body of this request names itself (the lines of a batch do): null, if no stage objects. Rights of consumers belong here, too. */
export function mayUse(exchange: Exchange, model: Bytes): Failure | null {
  const stages = exchange.stages;
  for (let i = 0; i < stages.length; i++) {
    const failure = stages[i].mayUse(exchange, model);
    if (failure != null) return failure;
  }
  return null;
}
