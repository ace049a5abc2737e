import { Bytes } from "../../shared/bytes/bytes";
import { ConfigReader } from "../../shared/config/reader";
import { Exchange } from "../../shared/pipeline/exchange";
import { hasReadableBody } from "../../shared/pipeline/reading";
import { RuleParser } from "../../shared/rules/parse";
import { Catalogue } from "./catalogue";
import { ModelRouterFields } from "./config.generated";

/** What holds in one scope. */
@final
export class ModelRouterConfig {
  /** Null: any model passes on to the routes. */
  catalogue: Catalogue | null = null;
  modelHeader: string;
  providerHeader: string;
  modelKey: string;

  constructor(public fields: ModelRouterFields) {
    const models = fields.models;
    if (models != null) this.catalogue = new Catalogue(models);
    this.modelHeader = fields.modelToHeader.toLowerCase().toString();
    this.modelKey = fields.modelKey.toString();
    this.providerHeader = fields.addProviderHeader.toLowerCase().toString();
  }

  /** Whether the body of a request is read: by the end of its path (without the query). Under `*` only what is known to be read is, since any path may bring anything. */
  reads(exchange: Exchange): bool {
    const method = exchange.method;
    if (!method.is("POST") && !method.is("PUT") && !method.is("PATCH")) return false;
    // A path that names the model has a body that belongs to it, whatever its end.
    if (exchange.endpoint.namesModel) return true;
    const path = exchange.path;
    const query = path.indexOf(0x3f);
    const bare = query < 0 ? path : path.slice(0, query);
    const suffixes = this.fields.enableOnPathSuffix;
    let reads = false;
    for (let i = 0; i < suffixes.length; i++) {
      if (suffixes[i].is("*")) reads = reads || hasReadableBody(exchange.head, exchange.endpoint.operation) == null;
      else if (bare.endsWithBytes(suffixes[i])) return true;
    }
    return reads;
  }

  /** Whether what stands before a model's first `/` is a provider: one of those listed, or, with none listed, anything (as in Higress). */
  isProvider(name: Bytes): bool {
    const providers = this.fields.providers;
    for (let i = 0; i < providers.length; i++) if (providers[i].equals(name)) return true;
    return providers.length == 0;
  }
}

/** Rules of model-router stand for themselves: nothing is inherited, as in Higress. */
@final
export class ModelRouterParser extends RuleParser<ModelRouterConfig> {
  override parseGlobal(reader: ConfigReader): ModelRouterConfig | null {
    return new ModelRouterConfig(ModelRouterFields.parse(reader));
  }

  override parseRule(reader: ConfigReader, _global: ModelRouterConfig | null): ModelRouterConfig | null {
    return new ModelRouterConfig(ModelRouterFields.parse(reader));
  }
}
