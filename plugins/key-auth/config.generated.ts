// Written by scripts/generate.ts from config.schema.json beside it: change that, then run `npm run generate`.
import { Bytes, EMPTY } from "../../shared/bytes/bytes";
import { Form } from "../../shared/config/forms";
import { ConfigReader, NO_TEXTS, Scope, Tristate } from "../../shared/config/reader";

const KEY_AUTH_FIELDS: StaticArray<string> = [
  "consumers",
  "credentials",
  "keys",
  "in_header",
  "in_query",
  "realm",
  "global_auth",
  "allow",
  "compat",
];

/** Who is asking, and may they? Checks the key of a request and names its consumer. */
@final
export class KeyAuthFields {
  /** Who may ask, and with which key. Keys are unique among all consumers. */
  consumers: ConsumerFields[] = [];
  /** Keys without a consumer, in place of `consumers`: whoever has one is let in, and no consumer is named. */
  credentials: Bytes[] = NO_TEXTS;
  /** Names of the headers and query parameters that hold the key. Not given: `authorization`, `x-api-key`, `api-key` and `x-goog-api-key`. A `Bearer ` before a key is taken off. */
  keys: Bytes[] = NO_TEXTS;
  /** Whether the key is looked for in headers. */
  inHeader: bool = true;
  /** Whether the key is looked for in the query, after the headers. */
  inQuery: bool = true;
  /** The realm in the header `www-authenticate` of a 401. */
  realm: Bytes = Bytes.of("MSE Gateway");
  /** Whether requests that no rule matches need a key. Not given: they do if there is no rule with `allow`, else they don't. */
  globalAuth: Tristate = Tristate.Absent;
  /** Names of the consumers that the rule lets in. An empty list lets nobody in. Null if not given. */
  allow: Bytes[] | null = null;
  /** Answers with Higress's status texts and plain text bodies in place of errors in the client's protocol. */
  compat: bool = false;

  /** Reads an object; a rule that inherits starts with a copy of the global part as `base`. After a refusal the object is incomplete. */
  static parse(reader: ConfigReader, base: KeyAuthFields | null = null): KeyAuthFields {
    const fields = base == null ? new KeyAuthFields() : base.copy();

    if (!reader.enterObject()) return fields;
    while (reader.nextField()) {
      if (reader.is("consumers")) fields.consumers = readConsumerFields(reader, 0);
      else if (reader.is("credentials")) fields.credentials = reader.texts(Form.Filled, true);
      else if (reader.is("keys")) fields.keys = reader.texts(Form.Filled);
      else if (reader.is("in_header")) fields.inHeader = reader.flag();
      else if (reader.is("in_query")) fields.inQuery = reader.flag();
      else if (reader.is("realm")) fields.realm = reader.text(Form.HeaderValue);
      else if (reader.is("global_auth")) {
        if (reader.isFor(Scope.Global)) fields.globalAuth = reader.tristate();
      } else if (reader.is("allow")) {
        if (reader.isFor(Scope.Rule)) fields.allow = reader.texts(Form.Filled);
      } else if (reader.is("compat")) fields.compat = reader.flag();
      else reader.passOver(KEY_AUTH_FIELDS);
    }

    return fields;
  }

  /** What a rule starts with: everything that rules inherit. Lists and objects are shared, as nobody changes them after parsing. */
  copy(): KeyAuthFields {
    const copy = new KeyAuthFields();
    copy.consumers = this.consumers;
    copy.credentials = this.credentials;
    copy.keys = this.keys;
    copy.inHeader = this.inHeader;
    copy.inQuery = this.inQuery;
    copy.realm = this.realm;
    copy.compat = this.compat;
    return copy;
  }
}

const CONSUMER_FIELDS: StaticArray<string> = ["name", "credential", "credentials", "keys", "in_header", "in_query", "data"];

/** One consumer. */
@final
export class ConsumerFields {
  /** The name: goes into the header `x-mse-consumer`, the facts and the metrics. */
  name: Bytes = EMPTY;
  /** The consumer's key: as it is, `env:NAME` for a variable of Envoy's environment, or `sealed:…`. Either this or `credentials`. Empty if not given. */
  credential: Bytes = EMPTY;
  /** The consumer's keys, where there are several. */
  credentials: Bytes[] = NO_TEXTS;
  /** As `keys` above, for this consumer alone. */
  keys: Bytes[] = NO_TEXTS;
  /** As `in_header` above, for this consumer alone. */
  inHeader: Tristate = Tristate.Absent;
  /** As `in_query` above, for this consumer alone. */
  inQuery: Tristate = Tristate.Absent;
  /** Which providers of ai-proxy's this consumer's data may reach. Not given: all. Null if not given. */
  data: DataFields | null = null;

  /** Reads an object. After a refusal the object is incomplete. */
  static parse(reader: ConfigReader): ConsumerFields {
    const fields = new ConsumerFields();
    let hasName = false;
    if (!reader.enterObject()) return fields;
    while (reader.nextField()) {
      if (reader.is("name")) {
        fields.name = reader.text(Form.HeaderValue);
        hasName = true;
      } else if (reader.is("credential")) fields.credential = reader.text(Form.Filled, true);
      else if (reader.is("credentials")) fields.credentials = reader.texts(Form.Filled, true);
      else if (reader.is("keys")) fields.keys = reader.texts(Form.Filled);
      else if (reader.is("in_header")) fields.inHeader = reader.tristate();
      else if (reader.is("in_query")) fields.inQuery = reader.tristate();
      else if (reader.is("data")) fields.data = DataFields.parse(reader);
      else reader.passOver(CONSUMER_FIELDS);
    }
    reader.require(hasName, "name", "a string");
    return fields;
  }
}

function readConsumerFields(reader: ConfigReader, minimum: i32): ConsumerFields[] {
  const list = new Array<ConsumerFields>();
  if (!reader.enterList()) return list;
  while (reader.nextItem()) list.push(ConsumerFields.parse(reader));
  reader.requireItems(list.length, minimum);
  return list;
}

const DATA_FIELDS: StaticArray<string> = ["regions", "tags"];

/** What data may reach. Names are of letters, digits, `.`, `_` and `-`. */
@final
export class DataFields {
  /** The provider's `region` is one of these. Not given: any, or none. */
  regions: Bytes[] = NO_TEXTS;
  /** The provider's `tags` have all of these. */
  tags: Bytes[] = NO_TEXTS;

  /** Reads an object. After a refusal the object is incomplete. */
  static parse(reader: ConfigReader): DataFields {
    const fields = new DataFields();

    if (!reader.enterObject()) return fields;
    while (reader.nextField()) {
      if (reader.is("regions")) fields.regions = reader.texts(Form.Filled);
      else if (reader.is("tags")) fields.tags = reader.texts(Form.Filled);
      else reader.passOver(DATA_FIELDS);
    }

    return fields;
  }
}
