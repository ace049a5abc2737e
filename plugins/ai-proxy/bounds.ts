/** What a request's data may reach: told by key-auth, held against each provider before it is asked. */
import { Problems } from "../../shared/config/problems";
import { Exchange } from "../../shared/pipeline/exchange";
import { checkName, checkNames } from "../../shared/pipeline/place-names";
import { Provider } from "../../shared/pipeline/provider";
import { Failure, FailureKind } from "../../shared/protocols/failure";
import { ProviderFields } from "./config.generated";

/** Why the caller's data may not reach a provider; null: it may. */
export function outOfBounds(exchange: Exchange, provider: Provider): Failure | null {
  const boundary = exchange.boundary;
  if (boundary == null || boundary.admits(provider.region, provider.tags)) return null;
  const consumer = exchange.consumer;
  const whose = consumer == null ? "This consumer's" : `Consumer "${consumer.toString()}"'s`;
  const lacks = boundary.lackOf(provider.region, provider.tags);
  return Failure.of(
    FailureKind.Permission,
    `${whose} data may not reach provider "${provider.id.toString()}", which lacks ${lacks}. Ask for a model of a provider that has it.`,
  ).withCode("data_boundary");
}

/** The refusal where nobody has said what the caller's data may reach. */
export function noBoundary(): Failure {
  return Failure.of(
    FailureKind.Permission,
    "It is not known which providers this request's data may reach. Send the key of a consumer of this gateway; if you did, its operator has key-auth missing in front of ai-proxy here.",
  ).withCode("data_boundary");
}

/** Takes over where a provider is; refused in `problems` where that isn't a name. */
export function placeIn(provider: Provider, fields: ProviderFields, path: string, problems: Problems): void {
  if (!fields.region.isEmpty) checkName(fields.region, path + ".region", problems);
  checkNames(fields.tags, path + ".tags", problems);
  provider.region = fields.region;
  provider.tags = fields.tags;
}
