import { Bytes } from "../bytes/bytes";
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
