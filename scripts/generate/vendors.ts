/** Reads the vendors' rows out of plugins/ai-proxy/vendors.ts, and writes the table of docs/providers.md from them. */
import { pascalCase, type Plugin } from "./model.ts";

export interface VendorRow {
  /** As `type` spells it. */
  type: string;
  protocol: "OpenAI" | "Anthropic" | "Gemini" | "Cohere";
  /** "" for servers that everybody runs themselves. */
  host: string;
  /** "" where the protocol writes it. */
  chatPath: string;
  /** "" if embeddings aren't served. */
  embeddingsPath: string;
  keyHeader: "authorization" | "x-api-key" | "x-goog-api-key";
}

const PROTOCOLS = { openai: "OpenAI", anthropic: "Anthropic", gemini: "Gemini", cohere: "Cohere" } as const;
const KEY_HEADERS = { Bearer: "authorization", ApiKey: "x-api-key", GoogleApiKey: "x-goog-api-key" } as const;

/** The rows in the order of the schema's `type`; throws where source and schema don't fit, or a row has a form that isn't known here. */
export function readVendors(source: string, aiProxy: Plugin): VendorRow[] {
  const kind = aiProxy.types.flatMap(({ fields }) => fields).find(({ name }) => name === "type")?.kind;
  if (kind?.is !== "choice") throw new Error("ai-proxy: no field `type` with an enum");
  const body = /export function vendorOf[\s\S]*?^}/m.exec(source)?.[0];
  if (body === undefined) throw new Error("vendors.ts: no function vendorOf");
  const rows = new Map<string, string>();
  let names: string[] = [];
  for (const line of body.split(/(?=\bcase |\bdefault:)/)) {
    const name = /^case ProviderType\.(\w+):/.exec(line)?.[1] ?? (line.startsWith("default:") ? "default" : null);
    if (name === null) continue;
    names.push(name);
    const row = /return new Vendor([\s\S]*?);/.exec(line)?.[1];
    if (row === undefined) continue;
    for (const each of names) rows.set(each, row);
    names = [];
  }
  return kind.values.map((type) => {
    const row = rows.get(pascalCase(type)) ?? rows.get("default");
    if (row === undefined) throw new Error(`vendors.ts: no row for ${type}`);
    return readRow(type, row);
  });
}

function readRow(type: string, row: string): VendorRow {
  const argument = (method: string): string => new RegExp(`\\.${method}\\("([^"]*)"\\)`).exec(row)?.[1] ?? "";
  const protocol = PROTOCOLS[/^\((\w+)\)/.exec(row)?.[1] as keyof typeof PROTOCOLS];
  const keyHeader = KEY_HEADERS[(/\.key\(Auth\.(\w+)\)/.exec(row)?.[1] ?? "Bearer") as keyof typeof KEY_HEADERS];
  if (protocol === undefined || keyHeader === undefined)
    throw new Error(`vendors.ts: the row of ${type} has a protocol or a key that isn't known`);
  return { type, protocol, host: argument("host"), chatPath: argument("chat"), embeddingsPath: argument("embeddings"), keyHeader };
}

export const VENDORS_BEGIN = "<!-- vendors:begin -->";
export const VENDORS_END = "<!-- vendors:end -->";

const NAMES: Readonly<Record<string, string>> = {
  openai: "OpenAI, and any server of its protocol",
  claude: "Anthropic",
  gemini: "Google Gemini",
  deepseek: "DeepSeek",
  moonshot: "Moonshot (Kimi)",
  qwen: "Alibaba Qwen, compatible mode",
  zhipuai: "Zhipu (GLM)",
  mistral: "Mistral",
  groq: "Groq",
  openrouter: "OpenRouter",
  ollama: "Ollama",
  vllm: "vLLM",
  cohere: "Cohere",
};

/** The text of docs/providers.md with its table written anew; throws where the marks are missing. */
export function replaceVendors(guide: string, rows: readonly VendorRow[]): string {
  const begin = guide.indexOf(VENDORS_BEGIN);
  const end = guide.indexOf(VENDORS_END);
  if (begin < 0 || end < begin) throw new Error(`docs/providers.md has no ${VENDORS_BEGIN} … ${VENDORS_END}`);
  return `${guide.slice(0, begin + VENDORS_BEGIN.length)}\n\n${writeTable(rows)}\n\n${guide.slice(end)}`;
}

function writeTable(rows: readonly VendorRow[]): string {
  const head = ["`type`", "provider", "protocol", "chat", "streamed", "tools", "embeddings", "address", "key goes into"];
  const cells = rows.map((row) => [
    `\`${row.type}\``,
    nameOf(row.type),
    row.protocol,
    "✓",
    "✓",
    "✓",
    row.embeddingsPath === "" ? "–" : "✓",
    row.host === "" ? "yours: `url`" : `\`${row.host}${row.chatPath.replace(/\/(chat\/completions|messages)$/, "")}\``,
    `\`${row.keyHeader}\``,
  ]);
  return [head, head.map(() => "---"), ...cells].map((line) => `| ${line.join(" | ")} |`).join("\n");
}

function nameOf(type: string): string {
  const name = NAMES[type];
  if (name === undefined) throw new Error(`scripts/generate/vendors.ts: no name for ${type}`);
  return name;
}
