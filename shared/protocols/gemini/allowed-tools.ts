import { Bytes } from "../../bytes/bytes";
import { ABSENT, Source, Span } from "../../bytes/span";
import { JsonReader } from "../../json/reader";
import { JsonWriter } from "../../json/writer";

/**
 * OpenAI's choice among some of the tools, `{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"…"}}]}}`:
 * https://platform.openai.com/docs/api-reference/chat/create#chat-create-tool_choice
 */
@final
export class AllowedTools {
  /** Whether a call is asked for, and not only allowed. */
  required: bool = false;
  private readonly reader: JsonReader = new JsonReader();
  private readonly view: Bytes = new Bytes();

  /** Reads a `tool_choice` (raw JSON), and writes the functions' names as values to `out`, if one is given. False if it is anything else, or names a tool that is no function. */
  read(source: Source, json: Span, out: JsonWriter | null): bool {
    const reader = this.reader.start(source.bytes(json));
    this.required = false;
    let isThis = false;
    let hasTools = false;
    if (!reader.enterObject()) return false;
    while (reader.nextKey()) {
      if (reader.keyIs("type")) isThis = this.word().is("allowed_tools");
      else if (reader.keyIs("allowed_tools") && reader.enterObject()) {
        while (reader.nextKey()) {
          if (reader.keyIs("mode")) this.required = this.word().is("required");
          else if (reader.keyIs("tools") && reader.enterArray()) {
            while (reader.nextElement()) {
              if (!this.readTool(out)) return false;
              hasTools = true;
            }
          }
        }
      }
    }
    return isThis && hasTools && reader.finish();
  }

  private readTool(out: JsonWriter | null): bool {
    const reader = this.reader;
    let name: Span = ABSENT;
    if (!reader.enterObject()) return false;
    while (reader.nextKey())
      if (reader.keyIs("function") && reader.enterObject()) while (reader.nextKey()) if (reader.keyIs("name")) name = reader.string();
    if (name == ABSENT) return false;
    if (out != null) out.escaped(reader.point(name, this.view));
    return true;
  }

  private word(): Bytes {
    return this.reader.point(this.reader.string(), this.view);
  }
}

export const ALLOWED_TOOLS = new AllowedTools();
