/** gateway.yaml, read and checked: the form by its schema, then everything that a schema can't say. */

import { existsSync } from "node:fs";
import { isIP } from "node:net";
import { resolve } from "node:path";
import { formatAddress, isLoopback, isPrivate, parseAddress } from "./addresses.ts";
import { boundaryProblems } from "./boundaries.ts";
import { cloudProblems } from "./cloud-problems.ts";
import { cloudUrl } from "./cloud-urls.ts";
import { YamlDocument, type Path } from "./document.ts";
import { readIdentity, readProxy } from "./egress.ts";
import type {
  Address,
  Consumer,
  Endpoint,
  EnvironmentUse,
  Gateway,
  KeyPool,
  ModelEntry,
  Provider,
  Redis,
  Target,
  WeightedTarget,
} from "./gateway.ts";
import type { File, FileKey, FileModel, FileProvider, FileRedis, FileTarget } from "./file.ts";
import { globCovers, globMatches } from "./globs.ts";
import { nearest } from "./nearest.ts";
import { sameTarget } from "./plans.ts";
import { inFileOrder, type Problem } from "./problems.ts";
import { readRedisUrl } from "./redis-url.ts";
import { readReplicas } from "./replicas.ts";
import { checkSchema, formatPath } from "./schema-check.ts";
import { readSecret, secretSettings, type SecretUse } from "./secrets.ts";
import { describeSize, durationInMilliseconds, sizeInBytes } from "./units.ts";
import { vendors } from "./vendors.ts";

export interface ReadResult {
  /** Null if there is an error. */
  readonly gateway: Gateway | null;
  /** In the order of the file. */
  readonly problems: readonly Problem[];
}

/**
 * Reads the text of a gateway.yaml.
 *
 * @param directory What relative file names in it are relative to.
 */
export function readGateway(text: string, directory: string): ReadResult {
  const document = new YamlDocument(text);
  const formal = document.problems.length > 0 ? document.problems : checkSchema(document);
  if (formal.length > 0) return { gateway: null, problems: inFileOrder(formal) };
  const reader = new Reader(document, directory);
  const gateway = reader.read();
  const failed = reader.problems.some((problem) => problem.severity === "error");
  return { gateway: failed ? null : gateway, problems: inFileOrder(reader.problems) };
}

const smallestLimit = 64 * 1024;
const largestLimit = 512 * 1024 * 1024;

class Reader {
  readonly problems: Problem[] = [];
  readonly #document: YamlDocument;
  readonly #directory: string;
  readonly #file: File;
  readonly #environment: EnvironmentUse[] = [];
  readonly #secrets: SecretUse[] = [];

  constructor(document: YamlDocument, directory: string) {
    this.#document = document;
    this.#directory = directory;
    this.#file = document.value as File;
  }

  read(): Gateway {
    const file = this.#file;
    const listen = this.#address("listen", file.listen ?? "127.0.0.1:8080");
    const admin = this.#address("admin", file.admin ?? "127.0.0.1:9901");
    if (!isLoopback(admin.host)) {
      this.#error(
        ["admin"],
        `admin: ${formatAddress(admin)} can be reached from the network, and Envoy's admin interface has no password; use 127.0.0.1`,
      );
    }
    if (formatAddress(listen) === formatAddress(admin)) this.#error(["admin"], "admin: the same address as listen; use another port");
    const status = file.status === undefined ? null : this.#address("status", file.status);
    if (status !== null) {
      if (!isLoopback(status.host))
        this.#error(["status"], `status: ${formatAddress(status)} can be reached from the network; use 127.0.0.1`);
      for (const [name, other] of [
        ["listen", listen],
        ["admin", admin],
      ] as const)
        if (formatAddress(status) === formatAddress(other))
          this.#error(["status"], `status: the same address as ${name}; use another port`);
    }
    if (!isLoopback(listen.host) && !file.consumers) {
      this.#warn(
        ["listen"],
        `listen: whoever reaches ${formatAddress(listen)} can spend your providers' money; list consumers, or listen on 127.0.0.1`,
      );
    }
    const providers = Object.entries(file.providers).map(([id, provider]) => this.#provider(id, provider));
    const models = file.models.map((model, i) => this.#model(["models", i], model));
    this.#reachable(models);
    const consumers = this.#consumers();
    return {
      listen,
      admin,
      status,
      accessLog: file.access_log === undefined || file.access_log === "stdout" ? null : resolve(this.#directory, file.access_log),
      providers,
      models,
      consumers,
      remembersFailures: file.remember_failures ?? true,
      sharedObjects: file.shared_objects ?? [],
      redis: file.redis === undefined ? null : this.#redis(file.redis),
      timeouts: {
        connect: this.#duration(["timeouts", "connect"], file.timeouts?.connect ?? "5s"),
        firstContent: this.#duration(["timeouts", "first_content"], file.timeouts?.first_content ?? "5m"),
        answer: this.#duration(["timeouts", "answer"], file.timeouts?.answer ?? "10m"),
        stall: this.#duration(["timeouts", "stall"], file.timeouts?.stall ?? "2m"),
      },
      limits: {
        body: this.#size(["limits", "body"], file.limits?.body ?? "32MiB"),
        answer: this.#size(["limits", "answer"], file.limits?.answer ?? "32MiB"),
      },
      secrets: this.#secrets,
      environment: this.#environment,
    };
  }

  #provider(id: string, provider: FileProvider): Provider {
    const path: Path = ["providers", id];
    const vendor = vendors[provider.type]!;
    const keys = this.#keys([...path, "keys"], provider.keys, `provider ${id}`);
    const settings = provider.settings ?? {};
    this.#settingSecrets([...path, "settings"], settings, `provider ${id}`);
    const isVertex = provider.type === "vertex";
    const endpoint = this.#servers(path, provider, cloudUrl(provider.type, settings) ?? vendor.url);
    const usesTokens = isVertex && settings["vertexAuthKey"] !== undefined;
    for (const message of cloudProblems(provider.type, keys, settings)) this.#error(path, `provider "${id}": ${message}`);
    if (!usesTokens && provider.token_url !== undefined)
      this.#error([...path, "token_url"], "token_url: only for type vertex with settings: { vertexAuthKey: … }", "key");
    const tokens = usesTokens
      ? this.#endpoint([...path, "token_url"], provider.token_url, "https://oauth2.googleapis.com", provider)
      : null;
    const context = this.#context([...path, "settings", "context"], settings["context"], provider);
    if (provider.type !== "bedrock" && vendor.needsKey && keys.length === 0) {
      const variable = vendor.keyVariable ?? `${provider.type.toUpperCase().replaceAll("-", "_")}_API_KEY`;
      this.#error(path, `provider "${id}": ${provider.type} needs keys, such as keys: [env:${variable}]`);
    }
    if (provider.type === "openai" && keys.length === 0 && !endpoint.custom && this.#file.consumers) {
      this.#warn(path, `provider "${id}" has no keys, and a consumer's key is never passed on: OpenAI will refuse every request`);
    }
    if (keys.length > 0 && !endpoint.tls && !isPrivate(endpoint.host)) {
      this.#warn([...path, "url"], `provider "${id}": its key goes to ${endpoint.host} unencrypted; use https`);
    }
    if (provider.stateful === true && provider.type !== "openai")
      this.#error([...path, "stateful"], `provider "${id}": stateful is for type openai only`);
    else if (provider.stateful === true && !this.#file.consumers)
      this.#error([...path, "stateful"], `provider "${id}": stateful needs consumers, since each file is its maker's`);
    else if (provider.stateful === true && keys.length === 0)
      this.#error(
        [...path, "stateful"],
        `provider "${id}": stateful needs keys: with a caller's own, the vendor itself keeps callers apart`,
      );
    for (const [field, pattern] of (["models", "windows"] as const).flatMap((field) =>
      Object.keys(provider[field] ?? {}).map((pattern) => [field, pattern] as const),
    )) {
      if (!/^[^*]+\*?$|^\*$/.test(pattern)) {
        this.#error([...path, field, pattern], `"${pattern}": a name, a prefix with one * at its end, or * alone`, "key");
      }
    }
    if (vendor.needs !== undefined && settings[vendor.needs] === undefined)
      this.#error(path, `provider "${id}": ${provider.type} needs settings: { ${vendor.needs}: … }`);
    return {
      id,
      type: provider.type,
      keys,
      pool: this.#pool(path, provider, Math.max(keys.length, endpoint.replicas.length + 1)),
      endpoint,
      balance: provider.balance ?? (endpoint.replicas.length > 0 ? "least_request" : null),
      tokens,
      context,
      retries: this.#retries([...path, "settings", "retryOnFailure"], settings["retryOnFailure"]),
      modelMapping: provider.models ?? {},
      stateful: provider.stateful ?? false,
      passHeaders: provider.pass_headers ?? [],
      onUnsupported: provider.on_unsupported ?? "refuse",
      cache: provider.cache ?? "off",
      region: provider.region ?? null,
      tags: provider.tags ?? [],
      windows: provider.windows ?? {},
      settings,
    };
  }

  /** The server of the file that `context` names, to which there is a cluster of its own. */
  #context(path: Path, context: unknown, provider: FileProvider): Endpoint | null {
    if (context === undefined) return null;
    const { fileUrl, serviceName, servicePort } = context as { fileUrl: string; serviceName?: string; servicePort?: number };
    for (const [name, value] of Object.entries({ serviceName, servicePort })) {
      if (value !== undefined) this.#error([...path, name], `${name}: leave it out, the gateway finds the way by fileUrl`, "key");
    }
    const origin = URL.canParse(fileUrl) ? new URL(fileUrl).origin : fileUrl;
    return this.#endpoint([...path, "fileUrl"], origin, undefined, provider);
  }

  /** Envoy tries again, with the time limits and for the reasons that hold for all targets. */
  #retries(path: Path, written: unknown): number {
    if (written === undefined) return 0;
    const { enabled = false, maxRetries = 1, ...others } = written as { enabled?: boolean; maxRetries?: number };
    for (const name of Object.keys(others)) {
      this.#error(
        [...path, name],
        `${name}: leave it out; here Envoy asks again, as it asks the next target (timeouts hold for each attempt)`,
        "key",
      );
    }
    return enabled ? maxRetries : 0;
  }

  /** @param most So often it makes a difference to ask. */
  #pool(path: Path, provider: FileProvider, most: number): KeyPool {
    const written = [provider.keys ?? []].flat();
    const names = new Set<string>();
    for (const [i, key] of written.entries()) {
      if (typeof key === "string" || key.name === undefined) continue;
      if (names.has(key.name)) this.#error([...path, "keys", i, "name"], `name: "${key.name}" stands twice among the keys`);
      names.add(key.name);
    }
    const { model, interval, timeout } = provider.probe ?? {};
    return {
      named: written.map((key) => (typeof key === "string" ? { key } : key)),
      selection: provider.key_selection ?? "random",
      attempts: provider.attempts ?? Math.min(most, 3),
      probe: {
        ...(model !== undefined && { model }),
        interval: this.#duration([...path, "probe", "interval"], interval ?? "5s"),
        timeout: this.#duration([...path, "probe", "timeout"], timeout ?? "5s"),
      },
    };
  }

  #redis(redis: FileRedis): Redis {
    const { tls, host, port, database } = readRedisUrl(redis.url, (message) => this.#error(["redis", "url"], message));
    if (!tls && redis.tls) this.#error(["redis", "tls"], "tls: only for rediss URLs", "key");
    if (redis.username !== undefined && redis.password === undefined)
      this.#error(["redis", "username"], "redis: username needs a password, such as password: env:REDIS_PASSWORD", "key");
    const [password] = this.#keys(["redis", "password"], redis.password, "redis");
    if (!tls && host !== "" && !isPrivate(host))
      this.#warn(["redis", "url"], `redis: what clients said, and the login, go to ${host} unencrypted; use rediss`);
    return {
      endpoint: {
        tls,
        host,
        port,
        basePath: "",
        custom: true,
        http2: false,
        serverName: redis.tls?.server_name ?? host,
        ca: this.#authorities(["redis", "tls", "ca"], redis.tls?.ca),
        replicas: [],
        identity: null,
        proxy: null,
      },
      username: redis.username ?? null,
      password: password ?? null,
      database,
      timeout: this.#duration(["redis", "timeout"], redis.timeout ?? "1s"),
    };
  }

  /** The absolute path of a file with certificate authorities. */
  #authorities(path: Path, written: string | undefined): string | null {
    const ca = written === undefined ? null : resolve(this.#directory, written);
    if (ca !== null && !existsSync(ca)) this.#error(path, `tls.ca: there is no file ${ca}`);
    return ca;
  }

  /** Secrets among the settings, and variables that others come from. */
  #settingSecrets(path: Path, settings: Readonly<Record<string, unknown>>, usedBy: string): void {
    for (const [name, value] of Object.entries(settings)) {
      if (typeof value !== "string") continue;
      if (secretSettings.includes(name)) this.#secret([...path, name], value, usedBy, name === "vertexAuthKey");
      if (secretSettings.includes(name) || !value.startsWith("env:")) continue;
      const position = this.#document.valueAt([...path, name]);
      if (/^env:[A-Za-z_][A-Za-z0-9_]*$/.test(value)) this.#environment.push({ name: value.slice(4), usedBy, position });
      else this.#error([...path, name], `${usedBy}: "${value}" doesn't name an environment variable, such as env:GOOGLE_SERVICE_ACCOUNT`);
    }
  }

  /** The server of a provider, or all of them. */
  #servers(path: Path, provider: FileProvider, own: string | undefined): Endpoint {
    const { url, tls } = provider;
    const report = (at: Path, message: string): void => this.#error([...path, ...at], message);
    const endpoints = Array.isArray(url)
      ? url.map((written, i) => this.#endpoint([...path, "url", i], written, undefined, provider))
      : [this.#endpoint([...path, "url"], url, own, provider)];
    const endpoint = endpoints[0]!;
    if (provider.balance !== undefined && !endpoint.custom)
      report(["balance"], "balance: only for servers of a url; vendors balance theirs");
    const identity = readIdentity(tls, this.#directory, report);
    return { ...endpoint, identity, replicas: readReplicas(endpoints, tls?.server_name, report) };
  }

  /** @param path Of the URL, which is the vendor's own where the file has none. */
  #endpoint(path: Path, written: string | undefined, own: string | undefined, provider: FileProvider): Endpoint {
    const vendor = vendors[provider.type]!;
    const owner = path.slice(0, typeof path.at(-1) === "number" ? -2 : -1);
    const text = written ?? addressIn(vendor.urlField && provider.settings?.[vendor.urlField]) ?? own;
    const url = text === undefined || !URL.canParse(text) ? null : new URL(text);
    if (text === undefined && provider.type === "bedrock") {
      if (provider.settings?.["awsRegion"] !== undefined)
        this.#error([...owner, "settings", "awsRegion"], "awsRegion: not the name of a region, such as us-east-1");
    } else if (text === undefined && vendor.urlField !== undefined) {
      // What is said of the missing setting is enough.
      if (provider.settings?.[vendor.urlField] !== undefined)
        this.#error([...path, "settings", vendor.urlField], `${vendor.urlField}: not a URL, such as https://my-resource.openai.azure.com`);
    } else if (text === undefined) {
      this.#error(
        owner,
        `${formatPath(owner)}: type ${provider.type} needs a url, such as url: ${vendor.example ?? "https://llm.example.com"}`,
      );
    } else if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === "") {
      this.#error(path, `${formatPath(path)}: ${JSON.stringify(text)} is not an http or https URL, such as https://llm.example.com`);
    } else if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
      this.#error(path, `${formatPath(path)}: only scheme, host, port and path; keys go into keys`);
    }
    const basePath = (url?.pathname ?? "").replace(/\/+$/, "");
    const ownPath = [vendor.ownPath, "/v1"].find((suffix) => suffix !== "" && basePath.endsWith(suffix));
    if (ownPath !== undefined) {
      this.#error(path, `${formatPath(path)}: leave out ${ownPath} at its end, the gateway writes the API's own path itself`);
    }
    const tls = url?.protocol !== "http:";
    const host = (url?.hostname ?? "").replace(/^\[|\]$/g, "");
    if (tls && provider.http2 !== undefined)
      this.#error([...owner, "http2"], "http2: only for http URLs; with https it is negotiated", "key");
    if (!tls && provider.tls) this.#error([...owner, "tls"], "tls: only for https URLs", "key");
    const ca = this.#authorities([...owner, "tls", "ca"], provider.tls?.ca);
    return {
      tls,
      host,
      port: url?.port ? Number(url.port) : tls ? 443 : 80,
      basePath,
      custom: written !== undefined,
      http2: provider.http2 ?? false,
      serverName: provider.tls?.server_name ?? host,
      ca,
      replicas: [],
      identity: null,
      proxy: readProxy(provider.proxy, (message) => this.#error([...owner, "proxy"], message)),
    };
  }

  #model(path: Path, model: FileModel): ModelEntry {
    const to = this.#targets([...path, "to"], model.to);
    const fallback = this.#targets([...path, "fallback"], model.fallback ?? []);
    if (/^provider:|^unrouted$/.test(model.match))
      this.#error([...path, "match"], `match: "${model.match}" is a name that the gateway uses for itself`);
    for (const [i, name] of (model.names ?? []).entries()) {
      if (name.includes("*")) this.#error([...path, "names", i], `names: "${name}" is a pattern; list whole names`);
      else if (!globMatches(model.match, name)) this.#error([...path, "names", i], `names: "${name}" isn't matched by "${model.match}"`);
    }
    const first = model.match.split("/")[0]!;
    if (model.match.includes("/") && this.#file.providers[first]) {
      this.#warn([...path, "match"], `match: never reached, since "${first}/…" asks for the provider ${first} directly`);
    }
    return {
      match: model.match,
      names: model.names ?? (model.match.includes("*") ? [] : [model.match]),
      to: this.#weigh([...path, "to"], to),
      fallback: fallback.map(({ provider, model }) => (model === undefined ? { provider } : { provider, model })),
      sticky: this.#sticky([...path, "sticky"], model.sticky),
      fallbackOn: model.fallback_on ?? null,
      othersJoin: !(Array.isArray(model.fallback) && model.fallback.length === 0),
    };
  }

  #sticky(path: Path, sticky: string | undefined): string | null {
    if (sticky === "consumer" && !this.#file.consumers) this.#error(path, "sticky: by consumer, but no consumers are listed");
    return sticky ?? null;
  }

  #targets(path: Path, written: FileTarget | FileTarget[]): (Target & { weight?: number })[] {
    const known = Object.keys(this.#file.providers);
    return [written].flat().map((target, i) => {
      const at: Path = Array.isArray(written) ? [...path, i] : path;
      const { provider, ...rest } = typeof target === "string" ? { provider: target } : target;
      if (!known.includes(provider)) {
        const [first, ...model] = provider.split("/");
        const near = nearest(provider, known);
        const hint = known.includes(first!)
          ? `write { provider: ${first}, model: ${model.join("/")} }`
          : near
            ? `did you mean "${near}"?`
            : `providers here: ${known.join(", ")}`;
        this.#error(typeof target === "string" ? at : [...at, "provider"], `unknown provider "${provider}"; ${hint}`);
      }
      return { provider, ...rest };
    });
  }

  /** The split: equal shares if nobody has a weight. */
  #weigh(path: Path, targets: readonly (Target & { weight?: number })[]): WeightedTarget[] {
    const weighed = targets.filter((target) => target.weight !== undefined).length;
    if (weighed > 0 && weighed < targets.length) this.#error(path, `${formatPath(path)}: give every target a weight, or none`, "key");
    if (weighed > 0 && targets.every((target) => !target.weight))
      this.#error(path, `${formatPath(path)}: every weight is 0, so nobody would answer`, "key");
    for (const [i, target] of targets.entries()) {
      const before = targets.findIndex((other) => sameTarget(other, target));
      if (before < i)
        this.#error([...path, i], `${formatPath([...path, i])}: the same target as ${formatPath([...path, before])}; add their weights`);
    }
    return targets.map((target) => ({ ...target, weight: target.weight ?? 1 }));
  }

  #reachable(models: readonly ModelEntry[]): void {
    for (const [i, { match }] of models.entries()) {
      const before = models.slice(0, i).findIndex((other) => globCovers(other.match, match));
      if (before < 0) continue;
      const other = models[before]!.match;
      if (other === match) this.#error(["models", i, "match"], `match: "${match}" stands twice; the first entry has it`);
      else this.#warn(["models", i, "match"], `match: never reached, since "${other}" stands before it and fits the same names`);
    }
  }

  #consumers(): Consumer[] {
    const names = new Set<string>();
    const owners = new Map<string, string>();
    return (this.#file.consumers ?? []).map(({ name, keys: written, data = null }, i) => {
      const path: Path = ["consumers", i];
      if (names.has(name)) this.#error([...path, "name"], `name: "${name}" stands twice; give one consumer several keys instead`);
      names.add(name);
      const keys = this.#keys([...path, "keys"], written, `consumer ${name}`);
      for (const [k, key] of keys.entries()) {
        const owner = owners.get(key);
        if (owner !== undefined)
          this.#error(this.#keyPath([...path, "keys"], written, k), `consumer "${name}": this key is already ${owner}'s`);
        owners.set(key, name);
      }
      if (data !== null)
        for (const { at, message } of boundaryProblems(data, this.#file.providers)) this.#error([...path, "data", ...at], message);
      return { name, keys, data };
    });
  }

  #keys(path: Path, written: FileKey | FileKey[] | undefined, usedBy: string): string[] {
    const keys = [written ?? []].flat().map((key) => (typeof key === "string" ? key : key.key));
    for (const [i, key] of keys.entries()) {
      const at = this.#keyPath(path, written, i);
      this.#secret(at, key, usedBy, false);
    }
    return keys;
  }

  #secret(path: Path, text: string, usedBy: string, isFile: boolean): void {
    const position = this.#document.valueAt(path);
    const { variable, problem } = readSecret(text, usedBy, isFile);
    if (problem !== null) this.problems.push({ ...problem, position });
    if (variable !== null) this.#environment.push({ name: variable, usedBy, position });
    else this.#secrets.push({ text, usedBy, isFile, position });
  }

  #keyPath(path: Path, written: FileKey | FileKey[] | undefined, i: number): Path {
    const at = Array.isArray(written) ? [...path, i] : path;
    return typeof [written].flat()[i] === "string" ? at : [...at, "key"];
  }

  #address(field: "listen" | "admin" | "status", text: string): Address {
    const address = parseAddress(text);
    if (address) return address;
    const everywhere = /^(\*|):([0-9]+)$/.exec(text);
    const hint = everywhere
      ? `; for every address of this machine write 0.0.0.0:${everywhere[2]}`
      : isIP(text)
        ? "; the port is missing"
        : "";
    this.#error([field], `${field}: "${text}" isn't an IP address and port, such as 127.0.0.1:8080${hint}`);
    return { host: "127.0.0.1", port: field === "listen" ? 8080 : 9901 };
  }

  #duration(path: Path, text: string): number {
    const milliseconds = durationInMilliseconds(text);
    if (milliseconds < 1 || milliseconds > 86_400_000) this.#error(path, `${formatPath(path)}: from 1ms to 24h, found ${text}`);
    return milliseconds;
  }

  #size(path: Path, value: string | number): number {
    const size = sizeInBytes(value);
    if (size < smallestLimit || size > largestLimit) {
      this.#error(path, `${formatPath(path)}: from ${describeSize(smallestLimit)} to ${describeSize(largestLimit)}, found ${value}`);
    }
    return size;
  }

  #error(path: Path, message: string, at: "key" | "value" = "value"): void {
    const position = at === "key" ? this.#document.keyAt(path) : this.#document.valueAt(path);
    // What is wrong with a provider is found at each of its servers.
    if (this.problems.some((other) => other.message === message && other.position.start === position.start)) return;
    this.problems.push({ severity: "error", message, position });
  }

  #warn(path: Path, message: string): void {
    this.problems.push({ severity: "warning", message, position: this.#document.valueAt(path) });
  }
}

/** Scheme, host and port of a URL; undefined if it is none. */
function addressIn(url: unknown): string | undefined {
  return typeof url === "string" && URL.canParse(url) ? new URL(url).origin : undefined;
}
