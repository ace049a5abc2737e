/** `responseJsonSchema`: the form that every answer of a provider must have. */
import { Bytes } from "../../shared/bytes/bytes";
import { ABSENT } from "../../shared/bytes/span";
import { Problems } from "../../shared/config/problems";
import { findIn } from "../../shared/json/find";
import { JsonPatch } from "../../shared/json/patch";
import { JsonReader } from "../../shared/json/reader";
import { Choice, Conversation, OutputFormat } from "../../shared/protocols/conversation";
import { Dialect } from "../../shared/protocols/operation";
import { SavedSettings } from "../../shared/protocols/saved-settings";

const reader = new JsonReader();
const saved = new SavedSettings();
const NAME = Bytes.of("answer");

@final
export class ResponseForm {
  private name: Bytes = NAME;
  private strict: Choice = Choice.Absent;

  private constructor(private schema: Bytes) {}

  /** From a JSON Schema, or from OpenAI's `{"name", "strict", "schema"}` around one, with or without its `{"type":"json_schema","json_schema"}`. */
  static of(configured: Bytes, path: string, problems: Problems): ResponseForm | null {
    const outer = findIn(configured, "json_schema");
    reader.start(configured);
    const inner = outer == ABSENT ? configured : reader.bytes(outer).copy();
    const form = new ResponseForm(inner);
    if (findIn(inner, "schema") == ABSENT) {
      if (outer == ABSENT) return form;
      problems.refuse(path + ".json_schema.schema", "found nothing, expected a JSON Schema");
      return null;
    }
    reader.start(inner);
    if (reader.enterObject()) {
      while (reader.nextKey()) {
        if (reader.keyIs("schema")) form.schema = reader.bytes(reader.skip()).copy();
        else if (reader.keyIs("name")) form.name = reader.bytes(reader.string()).copy();
        else if (reader.keyIs("strict")) form.strict = reader.bytes(reader.skip()).is("true") ? Choice.Yes : Choice.No;
      }
    }
    reader.release();
    if (form.schema.at(0) != 0x7b || form.name.isEmpty) {
      problems.refuse(path, "found a schema that is no object, or an empty name, expected a JSON Schema");
      return null;
    }
    return form;
  }

  /** Asks for it in a client's own words, in place of what the client asked for. */
  setIn(patch: JsonPatch, dialect: Dialect): void {
    const schema = this.schema.toString();
    const strict = this.strict == Choice.Absent ? "" : this.strict == Choice.Yes ? ',"strict":true' : ',"strict":false';
    const named = `"name":"${this.name.toString()}","schema":${schema}${strict}`;
    if (dialect == Dialect.OpenAI) patch.set("response_format", Bytes.of(`{"type":"json_schema","json_schema":{${named}}}`), true);
    else if (dialect == Dialect.Responses) patch.set("text.format", Bytes.of(`{"type":"json_schema",${named}}`), true);
    else if (dialect == Dialect.Anthropic) patch.set("output_config.format", Bytes.of(`{"type":"json_schema","schema":${schema}}`), true);
    else if (dialect == Dialect.Gemini) {
      patch.set("generationConfig.responseMimeType", Bytes.of('"application/json"'), true);
      patch.set("generationConfig.responseJsonSchema", this.schema, true);
    }
  }

  /** Asks for it in a conversation that is to be translated, until `restore`. */
  ask(conversation: Conversation): void {
    saved.take(conversation);
    conversation.outputFormat = OutputFormat.JsonSchema;
    conversation.outputSchemaJson = conversation.source.keep(this.schema);
    conversation.outputSchemaName = conversation.source.keep(this.name);
    conversation.outputSchemaDescription = conversation.outputFormatJson = ABSENT;
    conversation.outputStrict = this.strict;
  }

  restore(conversation: Conversation): void {
    saved.restore(conversation);
  }
}
