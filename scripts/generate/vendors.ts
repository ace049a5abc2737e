/** Reads plugins/ai-proxy/vendors.json, and writes what comes from it: the rows of ai-proxy and of the CLI, the lists of types in the schemas, and the table of docs/providers.md. */
import { Ajv2020 } from "ajv/dist/2020.js";
import { pascalCase, type Schema } from "./model.ts";

export const operations = [
  ...["chat", "embeddings", "models", "countTokens", "imageGenerations", "imageEdits", "imageVariations", "speech", "transcriptions"],
  ...["translations", "moderations", "rerank", "files", "batches", "fineTuning"],
] as const;
export type OperationName = (typeof operations)[number];

export interface VendorRow {
  /** As `type` spells it. */
  type: string;
  /** As documents call it. */
  name: string;
  protocol: string;
  /** The vendor's own host; absent for servers that everybody runs themselves. */
  host?: string;
  /** The field of ai-proxy that names the host, or takes its place. */
  hostField?: string;
  /** Whether the client's own host stays where the configuration names none. */
  hostOptional?: boolean;
  portField?: string;
  /** The field of ai-proxy that has host, path and query in one. */
  urlField?: string;
  /** What stands before the usual ends of paths. `{field}` stands for the value of a field that must be given. */
  base: string;
  serves: OperationName[];
  /** Paths that end otherwise than OpenAI's. */
  paths?: Partial<Record<OperationName, string>>;
  /** Protocols that it speaks as well, and the path of each. */
  also?: Record<string, string>;
  auth?: keyof typeof KEYS;
  quirks?: string[];
  /** The variable that the vendor's own documents put the key into, if it isn't named like the type. */
  keyVariable?: string;
  keyOptional?: boolean;
  /** A URL, for messages about a server whose host isn't known. */
  example?: string;
  evidence: { kind: "documentation" | "engine" | "probed"; url: string };
}

export interface VendorTable {
  quirks: Record<string, string>;
  vendors: VendorRow[];
}

/** By `auth`: the member of `Auth`, and the header. */
const KEYS = {
  bearer: ["Bearer", "authorization"],
  token: ["Token", "authorization"],
  "x-api-key": ["ApiKey", "x-api-key"],
  "x-goog-api-key": ["GoogleApiKey", "x-goog-api-key"],
  "api-key": ["AzureKey", "api-key"],
} as const;

/** Protocols by the names that plugins/ai-proxy/protocols.ts exports, as documents call them. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  openai: "OpenAI",
  anthropic: "Anthropic",
  gemini: "Gemini",
  cohere: "Cohere",
  dify: "Dify",
  deepl: "DeepL",
  triton: "KServe",
  responses: "Responses",
  completions: "Completions",
  bedrock: "Bedrock",
};

/** Operations in the table that the gateway doesn't serve yet: documents don't promise them. */
const OPERATIONS_NOT_YET = new Set<OperationName>(["models", "files", "batches", "fineTuning"]);

/** Where OpenAI's API ends: https://platform.openai.com/docs/api-reference; `rerank` is Cohere's, which all others took over: https://docs.cohere.com/reference/rerank */
const ENDS: Record<OperationName, string> = {
  chat: "/chat/completions",
  embeddings: "/embeddings",
  models: "/models",
  countTokens: "",
  imageGenerations: "/images/generations",
  imageEdits: "/images/edits",
  imageVariations: "/images/variations",
  speech: "/audio/speech",
  transcriptions: "/audio/transcriptions",
  translations: "/audio/translations",
  moderations: "/moderations",
  rerank: "/rerank",
  files: "/files",
  batches: "/batches",
  fineTuning: "/fine_tuning/jobs",
};

/** Checks the table by its schema; throws with the place of what is wrong. */
export function readVendors(text: string, schema: object): VendorTable {
  const table: unknown = JSON.parse(text);
  const validate = new Ajv2020({ allErrors: true, strictTypes: false }).compile<VendorTable>(schema);
  if (!validate(table)) {
    const errors = (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || "/"} ${message}`);
    throw new Error(`vendors.json: ${errors.join("; ")}`);
  }
  const types = new Set<string>();
  for (const row of table.vendors) {
    if (types.has(row.type)) throw new Error(`vendors.json: ${row.type} stands twice`);
    types.add(row.type);
    for (const quirk of row.quirks ?? [])
      if (table.quirks[quirk] === undefined) throw new Error(`vendors.json: ${row.type} has the quirk ${quirk}, which isn't described`);
    for (const protocol of [row.protocol, ...Object.keys(row.also ?? {})])
      if (PROTOCOLS[protocol] === undefined) throw new Error(`vendors.json: ${row.type} speaks ${protocol}, which isn't known`);
  }
  return table;
}

/** The path of an operation; "" where the protocol writes it, null where it isn't served. */
export function pathOf(row: VendorRow, operation: OperationName): string | null {
  if (!row.serves.includes(operation) && row.paths?.[operation] === undefined) return null;
  const own = row.paths?.[operation];
  if (own !== undefined) return own;
  if (row.protocol === "anthropic")
    return row.base + (operation === "chat" ? "/messages" : operation === "countTokens" ? "/messages/count_tokens" : ENDS[operation]);
  return row.protocol === "openai" ? row.base + ENDS[operation] : "";
}

/** The header that the key goes into. */
export function keyHeaderOf(row: VendorRow): string {
  return KEYS[row.auth ?? "bearer"][1];
}

/** Whether documents promise the operation: the vendor has it, and the gateway serves it. */
export function isServed(row: VendorRow, operation: OperationName): boolean {
  return pathOf(row, operation) !== null && !OPERATIONS_NOT_YET.has(operation);
}

/** The text of vendors.generated.ts, not formatted yet. */
export function writeVendors({ vendors }: VendorTable): string {
  const protocols = [...new Set(vendors.flatMap((row) => [row.protocol, ...spoken(row)]))].sort();
  const rows = vendors.map((row) => `case ProviderType.${pascalCase(row.type)}:\n      return ${writeRow(row)};`);
  const required = vendors.map((row) => [row, requiredOf(row)] as const).filter(([, checks]) => checks.length > 0);
  return `// Written by scripts/generate.ts from vendors.json beside it: change that, then run \`npm run generate\`.
import { Bytes${rows.some((row) => row.includes("EMPTY")) ? ", EMPTY" : ""} } from "../../shared/bytes/bytes";
import { Operation } from "../../shared/protocols/operation";
import { ProviderFields, ProviderType } from "./config.generated";
import { ${protocols.join(", ")} } from "./protocols";
import { Auth, either, Quirk, Vendor, withPort } from "./vendor";

/** The row of a provider's vendor, with what its configuration fills in. */
export function vendorOf(fields: ProviderFields): Vendor {
  switch (fields.type) {
    ${rows.join("\n    ")}
    default:
      return new Vendor(openai, EMPTY, "");
  }
}

/** The field that a provider of this type must have, and this one lacks; empty: it has all. */
export function missingField(fields: ProviderFields): string {
  switch (fields.type) {
    ${required.map(([row, checks]) => `case ProviderType.${pascalCase(row.type)}:\n      return ${checks.join("")}"";`).join("\n    ")}
    default:
      return "";
  }
}
`;
}

function writeRow(row: VendorRow): string {
  const parts = [`new Vendor(${row.protocol}, ${hostOf(row)}, ${withFields(row.base)})`];
  for (const operation of operations) {
    const path = pathOf(row, operation);
    if (path === null) continue;
    const end = ENDS[operation];
    const name = `Operation.${pascalCase(operation)}`;
    if (end !== "" && path === row.base + end) parts.push(`.at(${name}, ${JSON.stringify(end)})`);
    else parts.push(`.path(${name}, ${withFields(path)})`);
  }
  for (const protocol of spoken(row)) parts.push(`.also(${protocol}, ${withFields(row.also![protocol]!)})`);
  if (row.auth !== undefined && row.auth !== "bearer") parts.push(`.key(Auth.${KEYS[row.auth][0]})`);
  for (const quirk of row.quirks ?? []) parts.push(`.quirk(Quirk.${pascalCase(quirk)})`);
  return parts.join("");
}

function spoken(row: VendorRow): string[] {
  return Object.keys(row.also ?? {});
}

function hostOf({ host, hostField, portField }: VendorRow): string {
  if (hostField === undefined) return host === undefined ? "EMPTY" : `Bytes.of(${JSON.stringify(host)})`;
  if (host !== undefined) return `either(fields.${hostField}, ${JSON.stringify(host)})`;
  return portField === undefined ? `fields.${hostField}` : `withPort(fields.${hostField}, fields.${portField})`;
}

/** A string in which `{field}` is the value of a field. */
function withFields(text: string): string {
  return text.includes("{")
    ? `\`${text.replace(/\{(\w+)\}/g, (_, field: string) => `\${fields.${field}.toString()}`)}\``
    : JSON.stringify(text);
}

/** What must be there, as beginnings of a conditional expression. */
function requiredOf(row: VendorRow): string[] {
  const checks = [...row.base.matchAll(/\{(\w+)\}/g)].map(([, field]) => `fields.${field}.isEmpty ? "${field}" : `);
  if (row.urlField !== undefined) return [`fields.${row.urlField}.isEmpty ? "${row.urlField}" : `];
  if (row.host !== undefined || row.hostOptional) return checks;
  const own = row.hostField === undefined ? "" : `fields.${row.hostField}.isEmpty && `;
  return [...checks, `${own}fields.providerDomain.isEmpty ? "${row.hostField ?? "providerDomain"}" : `];
}

/** The text of cli/gateway/vendors.generated.ts, not formatted yet. */
export function writeCliVendors({ vendors }: VendorTable): string {
  const rows = vendors.map((row) => {
    const entry = {
      ...(row.host === undefined ? {} : { url: `https://${row.host}` }),
      needsKey: !row.keyOptional,
      ...(row.keyVariable === undefined ? {} : { keyVariable: row.keyVariable }),
      ownPath: row.base.replace(/^.*\}/, ""),
      ...(row.example === undefined ? {} : { example: row.example }),
      ...(row.urlField !== undefined && { needs: row.urlField, urlField: row.urlField }),
      ...(row.base.includes("{") && { needs: /\{(\w+)\}/.exec(row.base)![1]! }),
    };
    return `${JSON.stringify(row.type)}: ${JSON.stringify(entry)},`;
  });
  return `// Written by scripts/generate.ts from plugins/ai-proxy/vendors.json: change that, then run \`npm run generate\`.
import type { Vendor } from "./vendors.ts";

export const rows: Readonly<Record<string, Vendor>> = {
  ${rows.join("\n  ")}
};
`;
}

/** A schema's text with the list of types in place of the one at the property `type` of `provider`. */
export function replaceTypes(text: string, { vendors }: VendorTable): string {
  const schema = JSON.parse(text) as Schema;
  const type = schema.$defs?.provider?.properties?.type;
  if (type === undefined) throw new Error("the schema has no $defs.provider.properties.type");
  type.enum = vendors.map((row) => row.type);
  return JSON.stringify(schema, null, 2);
}

export const VENDORS_BEGIN = "<!-- vendors:begin -->";
export const VENDORS_END = "<!-- vendors:end -->";

/** The text of docs/providers.md with its table written anew; throws where the marks are missing. */
export function replaceVendors(guide: string, table: VendorTable): string {
  const begin = guide.indexOf(VENDORS_BEGIN);
  const end = guide.indexOf(VENDORS_END);
  if (begin < 0 || end < begin) throw new Error(`docs/providers.md has no ${VENDORS_BEGIN} … ${VENDORS_END}`);
  return `${guide.slice(0, begin + VENDORS_BEGIN.length)}\n\n${writeTable(table.vendors)}\n\n${guide.slice(end)}`;
}

function writeTable(rows: readonly VendorRow[]): string {
  const head = [
    "`type`",
    "provider",
    "protocol",
    "also",
    "chat",
    "streamed",
    "tools",
    "embeddings",
    "more",
    "address",
    "key goes into",
    "known from",
  ];
  const cells = rows.map((row) => {
    const chat = isServed(row, "chat") ? "✓" : "–";
    const more = operations.filter((operation) => operation !== "chat" && operation !== "embeddings" && isServed(row, operation));
    return [
      `\`${row.type}\``,
      row.name,
      PROTOCOLS[row.protocol]!,
      spoken(row)
        .map((protocol) => PROTOCOLS[protocol]!)
        .join(", "),
      ...[chat, chat, chat],
      isServed(row, "embeddings") ? "✓" : "–",
      more.map((operation) => operation.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)).join(", "),
      row.urlField !== undefined ? `yours: \`${row.urlField}\`` : row.host === undefined ? "yours: `url`" : `\`${row.host}${row.base}\``,
      `\`${keyHeaderOf(row)}\``,
      `[${row.evidence.kind}](${row.evidence.url})`,
    ];
  });
  return [head, head.map(() => "---"), ...cells].map((line) => `| ${line.join(" | ")} |`).join("\n");
}
