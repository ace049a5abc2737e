/** Writes the schema of `settings` in gateway.yaml: the fields of ai-proxy's providers that the file has no words of its own for. */
import type { Schema } from "./model.ts";

/** What gateway.yaml says otherwise: `keys`, `models`, `url`, `pass_headers`, `on_unsupported`, `cache`, `token_url`, and what follows from them. */
const OWN_WORDS = new Set([
  "id",
  "type",
  "apiTokens",
  "modelMapping",
  "providerDomain",
  "providerBasePath",
  "passHeaders",
  "region",
  "tags",
  "contextWindows",
  "onUnsupported",
  "promptCache",
  "vertexAuthServiceName",
  "moonshotFileService",
]);

/** What each `x-form` admits, as far as a pattern can say it; the module checks it as shared/config/forms.ts says. */
const PATTERNS: Record<NonNullable<Schema["x-form"]>, string> = {
  "header-name": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
  "header-value": "^[^\\u0000-\\u0020\\u007f]([^\\u0000-\\u001f\\u007f]*[^\\u0000-\\u0020\\u007f])?$",
  path: "^/[^\\u0000-\\u0020?#\\u007f]*$",
  "path-segment": "^[^\\u0000-\\u0020/?#\\u007f]+$",
};

/** A JSON Schema without the keywords that only our generators know. */
type Plain = Record<string, unknown>;

/** The text of cli/schema/gateway.schema.json with `settings` written anew from the text of ai-proxy's schema. `hostFields` name hosts, which `url` does there. */
export function replaceSettings(text: string, aiProxy: string, hostFields: ReadonlySet<string>): string {
  const schema = JSON.parse(text) as { $defs: { provider: { properties: { settings?: Plain } } } };
  const source = JSON.parse(aiProxy) as Schema;
  const fields = Object.entries(source.$defs?.provider?.properties ?? {}).filter(
    ([name, field]) => !OWN_WORDS.has(name) && !hostFields.has(name) && !field["x-not-yet"],
  );
  schema.$defs.provider.properties.settings = {
    ...schema.$defs.provider.properties.settings,
    properties: Object.fromEntries(fields.map(([name, field]) => [name, plain(field, source)])),
  };
  return JSON.stringify(schema, null, 2);
}

function plain(schema: Schema, root: Schema): Plain {
  if (schema.$ref !== undefined) return plain(root.$defs![schema.$ref.replace("#/$defs/", "")]!, root);
  const { description, properties, items, additionalProperties, ...rest } = schema;
  const kept = Object.fromEntries(Object.entries(rest).filter(([keyword]) => !keyword.startsWith("x-")));
  const form = schema["x-form"];
  return {
    ...(description !== undefined && { description }),
    ...kept,
    ...(form !== undefined && { pattern: PATTERNS[form] }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, plain(field, root)])),
      additionalProperties: false,
    }),
    ...(items !== undefined && { items: plain(items, root) }),
    ...(additionalProperties !== undefined && { additionalProperties: plain(additionalProperties, root) }),
  };
}
