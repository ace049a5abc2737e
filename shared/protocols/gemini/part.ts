/** One part of a candidate's content: https://ai.google.dev/api/caching#Part */
import { ABSENT, Span } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";

/** What a part holds; a part without any of it is passed over. */
export enum PartKind {
  Other,
  Text,
  FunctionCall,
  /** `mimeType` and `data`. */
  InlineData,
  /** `mimeType` and `uri`. */
  FileData,
  /** `language` and `text`. */
  Code,
  /** `text`. */
  CodeResult,
  /** Requests only: `id`, `name`, the response. */
  FunctionResponse,
}

/** The members of a part, in whatever order they came: contents of strings, but for `args`, which is raw JSON. Valid until the next `read`. */
@final
export class Part {
  kind: PartKind = PartKind.Other;
  thought: bool = false;
  signature: Span = ABSENT;
  text: Span = ABSENT;
  name: Span = ABSENT;
  id: Span = ABSENT;
  args: Span = ABSENT;
  mimeType: Span = ABSENT;
  data: Span = ABSENT;
  uri: Span = ABSENT;
  language: Span = ABSENT;

  /** Reads the next value of `reader`. False if it is no object. */
  read(reader: JsonReader): bool {
    this.kind = PartKind.Other;
    this.thought = false;
    this.signature = this.text = this.name = this.id = this.args = this.mimeType = this.data = this.uri = this.language = ABSENT;
    if (!reader.enterObject()) return false;
    while (reader.nextKey()) {
      if (reader.keyIs("text")) {
        this.text = reader.string();
        if (this.text != ABSENT) this.kind = PartKind.Text;
      } else if (reader.keyIs("thought")) this.thought = reader.bool() == JsonType.True;
      else if (reader.keyIs("thoughtSignature")) this.signature = reader.string();
      else if (reader.keyIs("functionCall")) this.readMembers(reader, PartKind.FunctionCall);
      else if (reader.keyIs("inlineData")) this.readMembers(reader, PartKind.InlineData);
      else if (reader.keyIs("fileData")) this.readMembers(reader, PartKind.FileData);
      else if (reader.keyIs("executableCode")) this.readMembers(reader, PartKind.Code);
      else if (reader.keyIs("codeExecutionResult")) this.readMembers(reader, PartKind.CodeResult);
    }
    return !reader.failed;
  }

  /** Reads the object that tells what the part holds: their members' names don't clash. */
  private readMembers(reader: JsonReader, kind: PartKind): void {
    if (!reader.enterObject()) return;
    this.kind = kind;
    while (reader.nextKey()) {
      if (reader.keyIs("name")) this.name = reader.string();
      else if (reader.keyIs("id")) this.id = reader.string();
      else if (reader.keyIs("args")) this.args = reader.peek() == JsonType.Object ? reader.skip() : ABSENT;
      else if (reader.keyIs("mimeType")) this.mimeType = reader.string();
      else if (reader.keyIs("data")) this.data = reader.string();
      else if (reader.keyIs("fileUri")) this.uri = reader.string();
      else if (reader.keyIs("language")) this.language = reader.string();
      else if (reader.keyIs("code") || reader.keyIs("output")) this.text = reader.string();
    }
  }
}
