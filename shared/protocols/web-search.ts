/** The one hosted tool that several vendors have: the provider searches the web by itself, and its answer cites what it found. */
import { Bytes } from "../bytes/bytes";
import { ABSENT, Source, Span, spanLength } from "../bytes/span";
import { JsonReader, JsonType } from "../json/reader";
import { JsonWriter } from "../json/writer";
import { Conversation, ToolPolicy } from "./conversation";
import { Dialect } from "./operation";

/** Anthropic's and OpenAI's words for it: https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/web-search-tool, https://platform.openai.com/docs/guides/tools-web-search */
const TYPES: StaticArray<string> = [
  "web_search_20250305",
  "web_search",
  "web_search_2025_08_26",
  "web_search_preview",
  "web_search_preview_2025_03_11",
];

/** A search as a client asked for it: raw JSON, absent where nothing was said. How much of a page is read (`search_context_size`) is the provider's to decide. */
@final
export class WebSearch {
  allowedDomains: Span = ABSENT;
  blockedDomains: Span = ABSENT;
  maxUses: Span = ABSENT;
  /** An object with any of `city`, `region`, `country` and `timezone`. */
  location: Span = ABSENT;
  private type: Span = ABSENT;
  private isOther: bool = false;
  private readonly json: JsonReader = new JsonReader();

  /** Takes a tool that is no function. False: it is another one, or has a member that isn't known here. */
  ofTool(conversation: Conversation, index: i32): bool {
    const source = conversation.source;
    const tool = conversation.tool(index);
    if (tool.isFunction || tool.whole == ABSENT) return false;
    this.read(source.bytes(tool.whole));
    if (this.isOther) return false;
    const name = source.bytes(tool.name);
    // Gemini's tool is a member by this name, of no members of its own: https://ai.google.dev/gemini-api/docs/google-search
    if (conversation.dialect == Dialect.Gemini)
      return (name.is("googleSearch") || name.is("google_search")) && !this.hasLimits && this.type == ABSENT;
    // Of Responses, a limit for all of OpenAI's tools stands at the top: https://platform.openai.com/docs/api-reference/responses/create#responses_create-max_tool_calls
    if (conversation.dialect == Dialect.Responses) this.maxUses = conversation.echoedMember("max_tool_calls");
    return source.bytes(this.type).isOneOf(TYPES);
  }

  /** Takes the member `web_search_options` of an OpenAI client: https://platform.openai.com/docs/api-reference/chat/create#chat_create-web_search_options. False: there is none, or it has a member that isn't known here. */
  ofOptions(conversation: Conversation): bool {
    const options = conversation.dialect == Dialect.OpenAI ? conversation.other("web_search_options") : ABSENT;
    if (options == ABSENT || conversation.source.bytes(options).at(0) != 0x7b) return false;
    this.read(conversation.source.bytes(options));
    return !this.isOther && this.type == ABSENT;
  }

  /** Whether the client leaves it to the model whether it searches: of providers whose choices are about functions more can't be asked. */
  isModelsChoice(conversation: Conversation): bool {
    return conversation.toolPolicy == ToolPolicy.Absent || conversation.toolPolicy == ToolPolicy.Auto;
  }

  /** Whether it may only use some pages, or only so often. */
  get hasLimits(): bool {
    return this.allowedDomains != ABSENT || this.blockedDomains != ABSENT || this.maxUses != ABSENT;
  }

  /** Writes the members of the location, in an object that has been begun. */
  writeLocation(source: Source, out: JsonWriter): void {
    const json = this.json.start(source.bytes(this.location));
    if (json.enterObject()) {
      while (json.nextKey()) {
        // OpenAI's chat completions have them one level deeper.
        if (json.keyIs("approximate") && json.enterObject()) while (json.nextKey()) copyText(json, out);
        else if (!json.keyIs("type")) copyText(json, out);
      }
    }
    json.release();
  }

  private read(text: Bytes): void {
    this.allowedDomains = this.blockedDomains = this.maxUses = this.location = this.type = ABSENT;
    this.isOther = false;
    const json = this.json.start(text);
    if (!json.enterObject()) this.isOther = true;
    while (json.nextKey()) {
      if (json.nothing()) continue;
      if (json.keyIs("type")) this.type = json.string();
      else if (json.keyIs("allowed_domains")) this.allowedDomains = listOf(json);
      else if (json.keyIs("blocked_domains")) this.blockedDomains = listOf(json);
      else if (json.keyIs("filters") && json.enterObject()) {
        while (json.nextKey()) {
          if (json.keyIs("allowed_domains")) this.allowedDomains = listOf(json);
          else if (json.keyIs("blocked_domains")) this.blockedDomains = listOf(json);
          else this.isOther = true;
        }
      } else if (json.keyIs("max_uses")) this.maxUses = json.number();
      else if (json.keyIs("user_location")) this.location = json.peek() == JsonType.Object ? json.skip() : ABSENT;
      else if (!(json.keyIs("name") || json.keyIs("search_context_size") || json.keyIs("cache_control"))) this.isOther = true;
    }
    if (json.failed) this.isOther = true;
    json.release();
  }
}

/** Used up within one call. */
export const SEARCH = new WebSearch();

const VIEW = new Bytes();

/** The next value, if it is a list with something in it. */
function listOf(json: JsonReader): Span {
  const list = json.peek() == JsonType.Array ? json.skip() : ABSENT;
  return spanLength(list) > 2 ? list : ABSENT;
}

function copyText(json: JsonReader, out: JsonWriter): void {
  const key = json.keySpan;
  const text = json.string();
  if (text == ABSENT) return;
  out.keyEscaped(json.point(key, VIEW));
  out.escaped(json.point(text, VIEW));
}
