/** Writes the turns of a conversation as `messages` (https://docs.anthropic.com/en/api/messages#body-messages). */
import { Bytes } from "../../bytes/bytes";
import { Span } from "../../bytes/span";
import { writeArguments } from "../arguments";
import { Item } from "../conversation";
import { endBlock, writeDocument, writeImage } from "./media-writer";
import { writeToolId } from "./tool-id";
import { ASSISTANT_BEGINS, TurnWriter } from "./turn-writer";

@final
export class ContentWriter extends TurnWriter {
  /** Whether the result that is being written has content. */
  private resultHasContent: bool = false;
  private isInResult: bool = false;

  protected get opening(): Bytes {
    return OPENING;
  }

  protected writeText(text: Bytes, marker: Span): void {
    this.begin("text");
    this.out.key("text");
    this.out.escaped(text);
    this.end(marker);
  }

  protected writeImage(item: Item, marker: Span): void {
    this.beginContent();
    writeImage(item, marker, this.conversation.source, this.out);
  }

  protected writeDocument(item: Item, marker: Span): void {
    this.beginContent();
    writeDocument(item, marker, this.conversation.source, this.out);
  }

  /** There is none in what fits. */
  protected writeAudio(_item: Item, _marker: Span): void {}

  protected writeThinking(item: Item): void {
    this.begin("thinking");
    this.out.key("thinking");
    this.out.escapedFrom(this.conversation.source, item.text);
    this.out.key("signature");
    this.out.escapedFrom(this.conversation.source, item.signature);
    this.out.endObject();
  }

  protected writeRedactedThinking(item: Item): void {
    this.begin("redacted_thinking");
    this.out.key("data");
    this.out.escapedFrom(this.conversation.source, item.data);
    this.out.endObject();
  }

  protected writeToolCall(item: Item, marker: Span): void {
    this.begin("tool_use");
    this.writeToolId("id", item.id);
    this.out.key("name");
    this.out.escapedFrom(this.conversation.source, item.name);
    this.out.key("input");
    writeArguments(this.conversation.source, item, this.out);
    this.end(marker);
  }

  protected beginResult(result: Item): void {
    this.begin("tool_result");
    this.writeToolId("tool_use_id", result.id);
    this.isInResult = true;
    this.resultHasContent = false;
  }

  protected endResult(result: Item, marker: Span): void {
    if (this.resultHasContent) this.out.endArray();
    this.isInResult = false;
    if (result.isError) {
      this.out.key("is_error");
      this.out.boolean(true);
    }
    this.end(marker);
  }

  private writeToolId(key: string, id: Span): void {
    this.out.key(key);
    writeToolId(this.conversation.source.point(id, this.view), this.out);
  }

  private beginContent(): void {
    if (!this.isInResult || this.resultHasContent) return;
    this.resultHasContent = true;
    this.out.key("content");
    this.out.beginArray();
  }

  private begin(type: string): void {
    this.beginContent();
    this.out.beginObject();
    this.out.key("type");
    this.out.asciiText(type);
  }

  private end(marker: Span): void {
    endBlock(marker, this.conversation.source, this.out);
  }
}

const OPENING = Bytes.of('{"role":"user","content":[{"type":"text","text":"' + ASSISTANT_BEGINS + '"}]}');
