import { type Rendered } from "../../cli/envoy/render.ts";
import type { GatewayOptions } from "./gateway.ts";
import type { HeaderMap } from "./headers.ts";
import type { Provider, ProviderScript } from "./provider.ts";
import type { Route } from "./route.ts";

/** The parts of Envoy's configuration that this reads. */
interface Message {
  readonly [field: string]: unknown;
}

/**
 * What the CLI rendered from a `gateway.yaml`, as a gateway of this host: its routes, plans, limits and the gate's configuration. Providers are scripted by their
 * name in the file; one without a script has no hosts.
 */
export function rendered(
  { clusters, routes, filters }: Rendered,
  module: WebAssembly.Module,
  scripts: Readonly<Record<string, ProviderScript>>,
  env: Readonly<Record<string, string>> = {},
): GatewayOptions {
  const gate = at(filters[0]!, "typed_config", "config");
  const members = new Map<string, string[]>();
  const providers: Record<string, Provider> = {};
  for (const cluster of clusters as readonly Message[]) {
    const name = cluster["name"] as string;
    const composite = at<Message[] | undefined>(cluster, "cluster_type", "typed_config", "clusters");
    if (composite !== undefined)
      members.set(
        name,
        composite.map((member) => member["name"] as string),
      );
    else {
      const provider = providerOf(cluster);
      const script = scripts[provider];
      providers[name] = script === undefined ? null : { name: provider, script, metadata: { sluice: { provider } } };
    }
  }
  const [host] = at<Message[]>(routes[0]!, "virtual_hosts");
  return {
    modules: [
      {
        module,
        name: "sluice",
        vmId: "sluice",
        upstream: { rootId: "attempt" },
        configuration: at<string>(gate, "configuration", "value"),
      },
    ],
    env,
    providers,
    clusters: Object.fromEntries(members),
    routes: tableOf(host!),
    bufferLimit: (clusters as readonly Message[])[0]!["per_connection_buffer_limit_bytes"] as number,
    envoyHeaders: false,
  };
}

function providerOf(cluster: Message): string {
  const [locality] = at<Message[]>(cluster, "load_assignment", "endpoints");
  const [endpoint] = locality!["lb_endpoints"] as Message[];
  return at<string>(endpoint!, "metadata", "filter_metadata", "sluice", "provider");
}

/** The first route whose headers match; prefixes are all `/` in what the CLI writes. */
function tableOf(host: Message): (headers: HeaderMap) => Route | null {
  const entries = (host["routes"] as Message[]).map((entry) => ({ entry, route: routeOf(entry, host) }));
  return (headers) => entries.find(({ entry }) => matches(entry, headers))?.route ?? null;
}

function matches(entry: Message, headers: HeaderMap): boolean {
  const wanted = at<Message[] | undefined>(entry, "match", "headers") ?? [];
  return wanted.every((match) => {
    const value = headers.get(match["name"] as string);
    if (value === undefined) return false;
    if (match["present_match"] === true) return true;
    const form = match["string_match"] as { exact?: string; prefix?: string; suffix?: string; safe_regex?: { regex: string } };
    if (form.exact !== undefined) return value === form.exact;
    if (form.prefix !== undefined) return value.startsWith(form.prefix);
    if (form.suffix !== undefined) return value.endsWith(form.suffix);
    return new RegExp(`^(?:${form.safe_regex!.regex})$`).test(value);
  });
}

function routeOf(entry: Message, host: Message): Route {
  const action = entry["route"] as Message;
  const retry = action["retry_policy"] as Message | undefined;
  const limit = (entry["request_body_buffer_limit"] ?? host["request_body_buffer_limit"]) as number | undefined;
  return {
    name: entry["name"] as string,
    ...(action["cluster"] === undefined ? { clusterHeader: action["cluster_header"] as string } : { cluster: action["cluster"] as string }),
    ...(action["cluster_not_found_response_code"] === "NOT_FOUND" ? { clusterNotFound: 404 } : {}),
    timeout: milliseconds(action["timeout"]) ?? 15_000,
    ...(action["idle_timeout"] === undefined ? {} : { idleTimeout: milliseconds(action["idle_timeout"])! }),
    ...(limit === undefined ? {} : { requestBufferLimit: limit }),
    ...(retry === undefined
      ? {}
      : {
          retry: {
            on: (retry["retry_on"] as string).split(",") as NonNullable<NonNullable<Route["retry"]>["on"]>,
            statuses: retry["retriable_status_codes"] as number[],
            retries: retry["num_retries"] as number,
          },
        }),
  };
}

function milliseconds(duration: unknown): number | null {
  return typeof duration === "string" ? Number(duration.replace(/s$/, "")) * 1000 : null;
}

/** A field some levels down; undefined where a level is missing. */
function at<T = Message>(message: Message, ...path: string[]): T {
  return path.reduce<unknown>((value, field) => (value as Message | undefined)?.[field], message) as T;
}
