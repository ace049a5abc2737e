import { Bytes } from "../../shared/bytes/bytes";
import { ByteTable } from "../../shared/config/byte-table";
import { editDistance, tolerance } from "../../shared/config/nearest";
import { Problems, cut, within } from "../../shared/config/problems";
import { ConfigReader, NO_TEXTS, Tristate } from "../../shared/config/reader";
import { DataBoundary } from "../../shared/pipeline/boundary";
import { checkNames } from "../../shared/pipeline/place-names";
import { RuleParser } from "../../shared/rules/parse";
import { consumerOwner, secretOf } from "../../shared/secrets/secret";
import { ConsumerFields, DataFields, KeyAuthFields } from "./config.generated";
import { Credential, CredentialTable } from "./credentials";

/** Where keys are looked for if the configuration doesn't say. */
const DEFAULT_PLACES: Array<Bytes> = [Bytes.of("authorization"), Bytes.of("x-api-key"), Bytes.of("api-key"), Bytes.of("x-goog-api-key")];
/** Whose the keys are that no consumer has. */
const NOBODY = Bytes.of("consumers");
/** Where Higress's ai-proxy leaves the caller's key when a fallback brings the request here again. */
const ORIGINAL_AUTHORIZATION = Bytes.of("x-hi-original-auth");

/** What holds in one scope: the fields as configured, and the credentials ready to be found. */
@final
export class KeyAuthConfig {
  table: CredentialTable = new CredentialTable();
  /** Header names, lower case, in the order in which they are looked at. */
  headers: Array<Bytes> = [];
  /** Names of query parameters. */
  parameters: Array<Bytes> = [];
  /** Whether some consumer's data may not reach every provider. */
  limitsData: bool = false;
  private allowed: ByteTable = new ByteTable();
  /** The consumers' names. */
  private names: ByteTable = new ByteTable();

  constructor(public fields: KeyAuthFields) {}

  /** Null if it can't be used: `problems` says why. `base` lends its table where the consumers are the same. */
  static make(fields: KeyAuthFields, base: KeyAuthConfig | null, reader: ConfigReader): KeyAuthConfig | null {
    const problems = reader.problems;
    if (problems.refused) return null;
    const config = new KeyAuthConfig(fields);
    const at = reader.path;
    if (base != null && base.fields.consumers === fields.consumers && base.fields.credentials === fields.credentials) {
      config.table = base.table;
      config.names = base.names;
      config.limitsData = base.limitsData;
    } else {
      for (let i = 0; i < fields.consumers.length; i++) {
        config.names.add(fields.consumers[i].name);
        config.addConsumer(fields.consumers[i], within(at, `consumers[${i}]`), problems);
      }
      for (let i = 0; i < fields.credentials.length; i++) {
        config.add(
          new Credential(fields.credentials[i], null, null, Tristate.Absent, Tristate.Absent),
          within(at, `credentials[${i}]`),
          problems,
        );
      }
    }
    if (config.table.size == 0 && !problems.refused) {
      problems.refuse(within(at, "consumers"), "found none, expected at least one consumer with a credential");
    }
    config.gatherPlaces(at, problems);
    const allow = fields.allow;
    if (allow != null) {
      for (let i = 0; i < allow.length; i++) config.allowed.add(allow[i]);
      if (!problems.refused) config.warnOfStrangers(allow, within(at, "allow"), problems);
    }
    return problems.refused ? null : config;
  }

  /** Whether a consumer is on the scope's list; null list: everybody who is known. */
  allows(consumer: Bytes): bool {
    return this.fields.allow == null || this.allowed.find(consumer) >= 0;
  }

  /** Whether a request gets the same consumer, or the same refusal, in both scopes: then who asks is known before the route is. */
  identifiesLike(other: KeyAuthConfig): bool {
    const mine = this.fields;
    const theirs = other.fields;
    return (
      this.table === other.table &&
      mine.keys === theirs.keys &&
      mine.inHeader == theirs.inHeader &&
      mine.inQuery == theirs.inQuery &&
      mine.compat == theirs.compat &&
      mine.realm.equals(theirs.realm)
    );
  }

  /** Names on the list that no consumer has let nobody in: most likely they were mistyped, or the consumer is gone. */
  private warnOfStrangers(allow: Array<Bytes>, path: string, problems: Problems): void {
    const consumers = this.fields.consumers;
    for (let i = 0; i < allow.length && !problems.isFull; i++) {
      if (this.names.find(allow[i]) >= 0) continue;
      let meant = "";
      let bestDistance = tolerance(allow[i]) + 1;
      for (let j = 0; j < consumers.length; j++) {
        const distance = editDistance(allow[i], consumers[j].name);
        if (distance >= bestDistance) continue;
        meant = `; did you mean "${consumers[j].name.toString()}"?`;
        bestDistance = distance;
      }
      problems.warn(`${path}[${i}]`, `found "${cut(allow[i])}", which is no consumer's name${meant}`);
    }
  }

  private addConsumer(consumer: ConsumerFields, path: string, problems: Problems): void {
    const single = !consumer.credential.isEmpty;
    if (single == consumer.credentials.length > 0) {
      const found = single ? "both" : "neither";
      return problems.refuse(path, `found ${found} of credential and credentials, expected one of them`);
    }
    const places = consumer.keys.length > 0 ? lowered(consumer.keys) : null;
    const boundary = boundaryOf(consumer.data, path, problems);
    if (boundary != null) this.limitsData = true;
    if (single)
      return this.add(
        new Credential(consumer.credential, consumer.name, places, consumer.inHeader, consumer.inQuery, boundary),
        `${path}.credential`,
        problems,
      );
    for (let i = 0; i < consumer.credentials.length; i++) {
      this.add(
        new Credential(consumer.credentials[i], consumer.name, places, consumer.inHeader, consumer.inQuery, boundary),
        `${path}.credentials[${i}]`,
        problems,
      );
    }
  }

  private add(credential: Credential, path: string, problems: Problems): void {
    if (problems.refused) return;
    const owner = credential.consumer;
    const secret = secretOf(credential.secret, owner == null ? NOBODY : consumerOwner(owner), path, problems);
    if (secret == null) return;
    credential.secret = secret;
    credential.secret = withoutScheme(credential.secret);
    if (credential.secret.isEmpty) return problems.refuse(path, "found a scheme without a key, expected a key");
    if (this.table.add(credential)) return;
    const other = this.table.taken;
    const mine = credential.consumer;
    let theirs: Bytes | null = null;
    if (other != null) theirs = other.consumer;
    problems.refuse(path, `the same key as ${nameOf(theirs)} has, found with ${nameOf(mine)}; expected each key once`);
  }

  private gatherPlaces(at: string, problems: Problems): void {
    const fields = this.fields;
    let inHeader = fields.inHeader;
    let inQuery = fields.inQuery;
    for (let i = 0; i < fields.consumers.length; i++) {
      if (fields.consumers[i].inHeader == Tristate.True) inHeader = true;
      if (fields.consumers[i].inQuery == Tristate.True) inQuery = true;
    }
    if (!inHeader && !inQuery)
      return problems.refuse(within(at, "in_header"), "found false, like in_query; expected one of them to be true");
    const all: Array<Bytes> = [];
    gather(fields.keys, all);
    if (fields.keys.length == 0 && this.someCountsAnywhere()) gather(DEFAULT_PLACES, all);
    for (let i = 0; i < fields.consumers.length; i++) gather(fields.consumers[i].keys, all);
    if (inQuery) this.parameters = all;
    if (!inHeader) return;
    this.headers = all.slice(0);
    gather([ORIGINAL_AUTHORIZATION], this.headers);
  }

  /** Whether a credential has no places of its own. */
  private someCountsAnywhere(): bool {
    const fields = this.fields;
    for (let i = 0; i < fields.consumers.length; i++) if (fields.consumers[i].keys.length == 0) return true;
    return fields.credentials.length > 0;
  }
}

/** Makes `KeyAuthConfig`s for the rules: a rule starts with the global part. */
@final
export class KeyAuthParser extends RuleParser<KeyAuthConfig> {
  /** Whether a rule names whom it lets in: decides what an absent `global_auth` means. */
  someRuleAllows: bool = false;

  override parseGlobal(reader: ConfigReader): KeyAuthConfig | null {
    return KeyAuthConfig.make(KeyAuthFields.parse(reader), null, reader);
  }

  override parseRule(reader: ConfigReader, global: KeyAuthConfig | null): KeyAuthConfig | null {
    const fields = KeyAuthFields.parse(reader, global == null ? null : global.fields);
    if (fields.allow != null) this.someRuleAllows = true;
    if (global != null) {
      // A rule's own keys stand in place of the global part's, of either kind.
      const ownConsumers = fields.consumers !== global.fields.consumers;
      const ownCredentials = fields.credentials !== global.fields.credentials;
      if (ownConsumers && !ownCredentials) fields.credentials = NO_TEXTS;
      else if (ownCredentials && !ownConsumers) fields.consumers = [];
    }
    return KeyAuthConfig.make(fields, global, reader);
  }

  /** Rules alone would let everything else pass that the global part was meant to keep out. */
  override needsGlobal(): bool {
    return true;
  }
}

function boundaryOf(data: DataFields | null, path: string, problems: Problems): DataBoundary | null {
  if (data == null) return null;
  if (data.regions.length == 0 && data.tags.length == 0)
    problems.refuse(path + ".data", "found neither regions nor tags, expected at least one of them to have a name");
  checkNames(data.regions, path + ".data.regions", problems);
  checkNames(data.tags, path + ".data.tags", problems);
  return new DataBoundary(data.regions, data.tags);
}

/** A key as it is compared: a `Bearer ` before it is taken off. */
export function withoutScheme(value: Bytes): Bytes {
  if (value.length < 7 || !value.slice(0, 7).isIgnoringCase("bearer ")) return value;
  let from = 7;
  while (value.at(from) == 0x20) from++;
  return value.slice(from);
}

function gather(from: Array<Bytes>, into: Array<Bytes>): void {
  for (let i = 0; i < from.length; i++) {
    const lower = from[i].toLowerCase();
    let known = false;
    for (let j = 0; j < into.length; j++) if (into[j].equals(lower)) known = true;
    if (!known) into.push(lower);
  }
}

function lowered(names: Array<Bytes>): Array<Bytes> {
  const all: Array<Bytes> = [];
  gather(names, all);
  return all;
}

function nameOf(consumer: Bytes | null): string {
  return consumer == null ? "a credential without consumer" : `consumer "${consumer.toString()}"`;
}
