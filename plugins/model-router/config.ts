import { Bytes } from "../../shared/bytes/bytes";
import { ConfigReader } from "../../shared/config/reader";
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

  constructor(public fields: ModelRouterFields) {
    const models = fields.models;
    if (models != null) this.catalogue = new Catalogue(models);
    this.modelHeader = fields.modelToHeader.toLowerCase().toString();
    this.providerHeader = fields.addProviderHeader.toLowerCase().toString();
  }

  /** Whether bodies on this path (without its query) are read. */
  readsPath(path: Bytes): bool {
    const query = path.indexOf(0x3f);
    const bare = query < 0 ? path : path.slice(0, query);
    const suffixes = this.fields.enableOnPathSuffix;
    for (let i = 0; i < suffixes.length; i++) if (suffixes[i].is("*") || bare.endsWithBytes(suffixes[i])) return true;
    return false;
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
