/** Writes docs/schema/plugins.schema.json: one JSON Schema for the configuration of every plugin, rules included, for editors and other tools. */
import type { Plugin, Schema } from "./model.ts";

const PATTERNS = {
  "header-name": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
  "header-value": "^[^\\u0000-\\u0020\\u007f]([^\\u0000-\\u001f\\u007f]*[^\\u0000-\\u0020\\u007f])?$",
  path: "^/[!-~]*$",
  "path-segment": "^[!-.0-~]+$",
};

/** The names in `_rules_` that are the rules' own, as JSON Schema. */
const MATCHERS = {
  _match_route_: "Names of the routes that the rule is for.",
  _match_route_prefix_: "Beginnings of the names of the routes that the rule is for.",
  _match_domain_: "Domains that the rule is for, without port: a name, `*` and its end, or its beginning and `*`.",
  _match_service_: "Services that the rule is for: the domain of the service or `domain:port`, or the name of a cluster.",
};

export function writeCombined(plugins: Plugin[]): string {
  return JSON.stringify(
    {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: "Configuration of Sluice's plugins",
      description:
        "The bundle takes this object; a separate module takes what stands under its name. Fields that aren't listed are ignored with a warning.",
      type: "object",
      properties: Object.fromEntries(plugins.map(({ name }) => [name, { $ref: `#/$defs/${name}` }])),
      $defs: Object.fromEntries([
        ["match", matchSchema()],
        ...plugins.flatMap((plugin) => [
          [plugin.name, pluginSchema(plugin)],
          [`${plugin.name}.rule`, ruleSchema(plugin)],
          ...Object.entries(plugin.schema.$defs ?? {}).map(([key, definition]) => [`${plugin.name}.${key}`, convert(definition, plugin)]),
        ]),
      ]),
    },
    null,
    2,
  );
}

function pluginSchema(plugin: Plugin): object {
  const { $schema: _, $defs: __, properties = {}, ...rest } = plugin.schema;
  return {
    ...(convert(rest, plugin) as object),
    properties: {
      ...convertProperties(properties, plugin, "global"),
      _rules_: {
        description: "What holds for some requests: the first rule that matches is taken in place of the global part.",
        type: "array",
        items: { $ref: `#/$defs/${plugin.name}.rule` },
      },
    },
  };
}

function ruleSchema(plugin: Plugin): object {
  return {
    title: `A rule of ${plugin.name}`,
    $ref: "#/$defs/match",
    type: "object",
    properties: convertProperties(plugin.schema.properties ?? {}, plugin, "rule"),
  };
}

function matchSchema(): object {
  const entries = Object.entries(MATCHERS);
  return {
    description: "Which requests a rule is for.",
    type: "object",
    anyOf: entries.map(([name]) => ({ required: [name] })),
    properties: {
      ...Object.fromEntries(entries.map(([name, description]) => [name, { description, type: "array", items: { type: "string" } }])),
      _disable_: { description: "Switches the plugin off for these requests.", type: "boolean", default: false },
    },
  };
}

function convertProperties(properties: Record<string, Schema>, plugin: Plugin, scope: "global" | "rule"): object {
  const own = Object.entries(properties).filter(([, property]) => (property["x-scope"] ?? scope) === scope);
  return Object.fromEntries(own.map(([name, property]) => [name, convert(property, plugin)]));
}

/** Our own keywords as those of JSON Schema; references as those of the combined file. */
function convert(value: unknown, plugin: Plugin): unknown {
  if (Array.isArray(value)) return value.map((item) => convert(item, plugin));
  if (typeof value !== "object" || value === null) return value;
  const schema = value as Schema;
  const converted: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(schema)) {
    if (key === "$ref") converted[key] = String(member).replace("#/$defs/", `#/$defs/${plugin.name}.`);
    else if (key === "default" || key === "examples" || key === "enum" || key === "required") converted[key] = member;
    else if (!key.startsWith("x-") || isFieldName(key, member)) converted[key] = convert(member, plugin);
  }
  if (schema["x-form"] !== undefined) converted["pattern"] = PATTERNS[schema["x-form"]];
  if (schema["x-not-yet"]) return { description: `${schema.description} (Not supported yet: ignored with a warning.)` };
  return converted;
}

/** A property may be called like one of our keywords; its value is then a schema. */
function isFieldName(key: string, member: unknown): boolean {
  return key.startsWith("x-") && typeof member === "object";
}
