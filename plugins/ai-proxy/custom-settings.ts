/** `customSettings`: members that a provider's configuration sets in its requests, by Higress's names for them. */
import { Bytes } from "../../shared/bytes/bytes";
import { Problems } from "../../shared/config/problems";
import { JsonPatch } from "../../shared/json/patch";
import { Dialect } from "../../shared/protocols/operation";
import { CustomSettingFields, CustomSettingMode, ProviderFields, ProviderType } from "./config.generated";

/** Those that mode `auto` knows. */
const NAMES: StaticArray<string> = ["max_tokens", "temperature", "top_p", "top_k", "seed"];
/** What the gateway itself goes by. */
const KEPT: StaticArray<string> = ["model", "messages", "contents", "input", "stream"];

/** Adds what is configured to a patch for requests in one protocol. `problems`, where it is given, says what can't be set there. */
export function addCustomSettings(
  fields: ProviderFields,
  dialect: Dialect,
  patch: JsonPatch,
  path: string,
  problems: Problems | null,
): void {
  for (let i = 0; i < fields.customSettings.length; i++) {
    const setting = fields.customSettings[i];
    if (problems != null && !isSound(setting, `${path}[${i}]`, problems)) return;
    const name = setting.name.toString();
    if (setting.mode == CustomSettingMode.Raw) {
      patch.set(prefixOf(dialect) + name, setting.value, setting.overwrite);
      continue;
    }
    const own = ownName(name, fields.type, dialect);
    if (own.length > 0) patch.set(own, setting.value, setting.overwrite, aliasOf(own));
    else if (problems != null) {
      const known: Array<string> = [];
      for (let j = 0; j < NAMES.length; j++) if (ownName(NAMES[j], fields.type, dialect).length > 0) known.push(NAMES[j]);
      const expected =
        known.length > 0 ? `expected one of ${known.join(", ")}, or mode raw` : "expected mode raw: this vendor has none of them";
      return problems.refuse(`${path}[${i}].name`, `found "${name}", ${expected}`);
    }
  }
}

function isSound(setting: CustomSettingFields, path: string, problems: Problems): bool {
  const name = setting.name.toString();
  if (setting.value.isEmpty) problems.refuse(path + ".value", "found nothing, expected a value");
  else if (KEPT.includes(name))
    problems.refuse(path + ".name", `found "${name}", which the gateway itself goes by, expected another member`);
  else if (!isPath(setting.name))
    problems.refuse(path + ".name", `found "${name}", expected names of members (letters, digits, - and _) with dots between them`);
  else if (setting.mode == CustomSettingMode.Auto && !isNumber(setting.value))
    problems.refuse(path + ".value", `found ${setting.value.slice(0, 64).toString()}, expected a number`);
  return !problems.refused;
}

/** Where a protocol keeps such settings, as Higress prefixes them. */
function prefixOf(dialect: Dialect): string {
  if (dialect == Dialect.Gemini) return "generationConfig.";
  return dialect == Dialect.DashScope ? "parameters." : "";
}

/** A setting's path in a protocol; "": it has none there. */
function ownName(name: string, type: ProviderType, dialect: Dialect): string {
  const isLimit = name == "max_tokens";
  const isWarmth = name == "temperature";
  const isTopP = name == "top_p";
  const isTopK = name == "top_k";
  switch (dialect) {
    case Dialect.OpenAI:
    case Dialect.Completions:
      // OpenAI's newer models refuse the old name (https://platform.openai.com/docs/api-reference/chat/create#chat-create-max_tokens).
      if (isLimit) return dialect == Dialect.OpenAI && (type == ProviderType.Openai || type == ProviderType.Azure) ? NEW_LIMIT : name;
      if (isWarmth || (isTopP && type != ProviderType.Spark) || (isTopK && type == ProviderType.Spark)) return name;
      return name == "seed" && (type == ProviderType.Openai || type == ProviderType.Azure || type == ProviderType.Qwen) ? name : "";
    case Dialect.Responses:
      return isLimit ? "max_output_tokens" : isWarmth || isTopP ? name : "";
    case Dialect.Anthropic:
      return isLimit || isWarmth || isTopP || isTopK ? name : "";
    case Dialect.Gemini:
      if (isLimit) return "generationConfig.maxOutputTokens";
      if (isWarmth) return "generationConfig.temperature";
      return isTopP ? "generationConfig.topP" : isTopK ? "generationConfig.topK" : "";
    case Dialect.Bedrock:
      return isLimit ? "inferenceConfig.maxTokens" : isWarmth ? "inferenceConfig.temperature" : isTopP ? "inferenceConfig.topP" : "";
    case Dialect.DashScope:
      return isTopK || !NAMES.includes(name) ? "" : "parameters." + name;
    case Dialect.Cohere:
      return isLimit || isWarmth ? name : isTopP ? "p" : "";
    case Dialect.Hunyuan:
      return isWarmth ? "Temperature" : isTopP ? "TopP" : "";
    case Dialect.MiniMax:
      return isLimit ? "tokens_to_generate" : isWarmth || isTopP ? name : "";
    default:
      return "";
  }
}

const NEW_LIMIT = "max_completion_tokens";

/** The other name that the same setting may have in a client's words; both at once are refused by vendors. */
function aliasOf(own: string): string {
  if (own == NEW_LIMIT) return "max_tokens";
  return own == "max_tokens" ? NEW_LIMIT : "";
}

function isNumber(json: Bytes): bool {
  const byte = json.at(0);
  return byte == 0x2d || <u32>byte - 0x30 < 10;
}

/** No member's name is a number: paths with those mean elements of lists elsewhere. */
function isPath(path: Bytes): bool {
  let digits = 0;
  let length = 0;
  for (let i = 0; i <= path.length; i++) {
    const byte = path.at(i);
    if (i == path.length || byte == 0x2e) {
      if (length == 0 || digits == length) return false;
      length = digits = 0;
      continue;
    }
    if (!(<u32>byte - 0x30 < 10 || <u32>(byte | 0x20) - 0x61 < 26 || byte == 0x5f || byte == 0x2d)) return false;
    if (<u32>byte - 0x30 < 10) digits++;
    length++;
  }
  return true;
}
