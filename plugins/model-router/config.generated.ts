// Written by scripts/generate.ts from config.schema.json beside it: change that, then run `npm run generate`.
import { Bytes, EMPTY } from "../../shared/bytes/bytes";
import { Form } from "../../shared/config/forms";
import { ConfigReader, NO_TEXTS } from "../../shared/config/reader";

const MODEL_ROUTER_FIELDS: StaticArray<string> = [
  "modelKey",
  "addProviderHeader",
  "modelToHeader",
  "enableOnPathSuffix",
  "models",
  "providers",
];
const MODEL_ROUTER_FIELDS_NOT_YET: StaticArray<string> = ["autoRouting"];
/** As JSON; empty where there is none. */
const MODEL_ROUTER_FIELDS_NOT_YET_DEFAULTS: StaticArray<string> = [""];
const DEFAULT_ENABLE_ON_PATH_SUFFIX: Bytes[] = [
  Bytes.of("/completions"),
  Bytes.of("/embeddings"),
  Bytes.of("/images/generations"),
  Bytes.of("/images/edits"),
  Bytes.of("/images/variations"),
  Bytes.of("/audio/speech"),
  Bytes.of("/audio/transcriptions"),
  Bytes.of("/audio/translations"),
  Bytes.of("/fine_tuning/jobs"),
  Bytes.of("/moderations"),
  Bytes.of("/image-synthesis"),
  Bytes.of("/video-synthesis"),
  Bytes.of("/rerank"),
  Bytes.of("/messages"),
  Bytes.of("/messages/count_tokens"),
  Bytes.of("/responses"),
];

/** From a model's name to a route. Reads the model once, publishes it, and lets Envoy pick the route again. */
@final
export class ModelRouterFields {
  /** The field of the body that names the model. */
  modelKey: Bytes = Bytes.of("model");
  /** Splits `provider/model` at the first `/`: the provider goes into the header of this name, the rest becomes the model. Empty if not given. */
  addProviderHeader: Bytes = EMPTY;
  /** The model's full name goes into the header of this name, for routes that match on it. Empty if not given. */
  modelToHeader: Bytes = EMPTY;
  /** Ends of the paths whose bodies are read; `*` stands for every path. */
  enableOnPathSuffix: Bytes[] = DEFAULT_ENABLE_ON_PATH_SUFFIX;
  /** The models that are served, in order of precedence. Not given: any name passes on to the routes. Null if not given. */
  models: ModelFields[] | null = null;
  /** Ids of the providers that `provider/model` may name; such a request takes the route `provider:<id>`. */
  providers: Bytes[] = NO_TEXTS;

  /** Reads an object; a rule that inherits starts with a copy of the global part as `base`. After a refusal the object is incomplete. */
  static parse(reader: ConfigReader, base: ModelRouterFields | null = null): ModelRouterFields {
    const fields = base == null ? new ModelRouterFields() : base.copy();

    if (!reader.enterObject()) return fields;
    while (reader.nextField()) {
      if (reader.is("modelKey")) fields.modelKey = reader.text(Form.Filled);
      else if (reader.is("addProviderHeader")) fields.addProviderHeader = reader.text(Form.HeaderName);
      else if (reader.is("modelToHeader")) fields.modelToHeader = reader.text(Form.HeaderName);
      else if (reader.is("enableOnPathSuffix")) fields.enableOnPathSuffix = reader.texts(Form.Filled);
      else if (reader.is("models")) fields.models = readModelFields(reader, 0);
      else if (reader.is("providers")) fields.providers = reader.texts(Form.Filled);
      else reader.passOver(MODEL_ROUTER_FIELDS, MODEL_ROUTER_FIELDS_NOT_YET, MODEL_ROUTER_FIELDS_NOT_YET_DEFAULTS);
    }

    return fields;
  }

  /** What a rule starts with: everything that rules inherit. Lists and objects are shared, as nobody changes them after parsing. */
  copy(): ModelRouterFields {
    const copy = new ModelRouterFields();
    copy.modelKey = this.modelKey;
    copy.addProviderHeader = this.addProviderHeader;
    copy.modelToHeader = this.modelToHeader;
    copy.enableOnPathSuffix = this.enableOnPathSuffix;
    copy.models = this.models;
    copy.providers = this.providers;
    return copy;
  }
}

const MODEL_FIELDS: StaticArray<string> = ["match", "names"];

/** One entry of `models`. */
@final
export class ModelFields {
  /** A model's name, or a pattern: each `*` in it, wherever it stands, is for any characters or none (`gpt-*`, `*-mini`, `gemini-*-flash`). `*` alone stands for every model. */
  match: Bytes = EMPTY;
  /** Names that the entry is known to serve: listed at `/v1/models` and proposed where a name is unknown. */
  names: Bytes[] = NO_TEXTS;

  /** Reads an object. After a refusal the object is incomplete. */
  static parse(reader: ConfigReader): ModelFields {
    const fields = new ModelFields();
    let hasMatch = false;
    if (!reader.enterObject()) return fields;
    while (reader.nextField()) {
      if (reader.is("match")) {
        fields.match = reader.text(Form.Filled);
        hasMatch = true;
      } else if (reader.is("names")) fields.names = reader.texts(Form.Filled);
      else reader.passOver(MODEL_FIELDS);
    }
    reader.require(hasMatch, "match", "a string");
    return fields;
  }
}

function readModelFields(reader: ConfigReader, minimum: i32): ModelFields[] {
  const list = new Array<ModelFields>();
  if (!reader.enterList()) return list;
  while (reader.nextItem()) list.push(ModelFields.parse(reader));
  reader.requireItems(list.length, minimum);
  return list;
}
