/** Writes the turns of a conversation as `messages`: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html */
import { Bytes } from "../../bytes/bytes";
import { Span } from "../../bytes/span";
import { Side } from "../anthropic/outline";
import { writeToolId } from "../anthropic/tool-id";
import { ASSISTANT_BEGINS, TurnWriter } from "../anthropic/turn-writer";
import { writeArguments } from "../arguments";
import { Item } from "../conversation";
import { CACHE_POINTS } from "./cache-points";
import { MEDIA } from "./media";

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolUseBlock.html */
const LONGEST_ID = 64;

@final
export class MessagesWriter extends TurnWriter {
  private isInResult: bool = false;
  private resultHasContent: bool = false;
  /** Of the message that is being written. */
  private hasText: bool = false;
  private hasDocument: bool = false;
  private message: i32 = 0;

  protected get opening(): Bytes {
    return OPENING;
  }

  protected override starting(): void {
    this.message = 0;
    this.hasText = this.hasDocument = this.isInResult = false;
    MEDIA.begin();
  }

  protected writeText(text: Bytes, marker: Span): void {
    this.beginPart();
    if (!this.isInResult) this.hasText = true;
    this.out.beginObject();
    this.out.key("text");
    this.out.escaped(text);
    this.end(marker);
  }

  protected writeImage(item: Item, marker: Span): void {
    this.beginPart();
    this.out.beginObject();
    MEDIA.writeImage(item, this.conversation.source, this.out);
    this.end(marker);
  }

  protected writeDocument(item: Item, marker: Span): void {
    this.beginPart();
    this.out.beginObject();
    if (MEDIA.writeFile(item, this.conversation.source, this.out) && !this.isInResult) this.hasDocument = true;
    this.end(marker);
  }

  protected writeAudio(item: Item, marker: Span): void {
    this.beginPart();
    this.out.beginObject();
    MEDIA.writeAudio(item, this.conversation.source, this.out);
    this.end(marker);
  }

  protected writeThinking(item: Item): void {
    this.beginReasoning();
    this.out.key("reasoningText");
    this.out.beginObject();
    this.out.key("text");
    this.out.escapedFrom(this.conversation.source, item.text);
    this.out.key("signature");
    this.out.escapedFrom(this.conversation.source, item.signature);
    this.out.endObject();
    this.endReasoning();
  }

  protected writeRedactedThinking(item: Item): void {
    this.beginReasoning();
    this.out.key("redactedContent");
    this.out.escapedFrom(this.conversation.source, item.data);
    this.endReasoning();
  }

  protected writeToolCall(item: Item, marker: Span): void {
    this.out.beginObject();
    this.out.key("toolUse");
    this.out.beginObject();
    this.writeToolId(item.id);
    this.out.key("name");
    this.out.escapedFrom(this.conversation.source, item.name);
    this.out.key("input");
    writeArguments(this.conversation.source, item, this.out);
    this.out.endObject();
    this.end(marker);
  }

  protected beginResult(result: Item): void {
    this.out.beginObject();
    this.out.key("toolResult");
    this.out.beginObject();
    this.writeToolId(result.id);
    this.out.key("content");
    this.out.beginArray();
    this.isInResult = true;
    this.resultHasContent = false;
  }

  protected endResult(result: Item, marker: Span): void {
    if (!this.resultHasContent) this.out.raw(NO_OUTPUT);
    this.isInResult = false;
    this.out.endArray();
    // Only Claude and Nova know it: where all went well it needn't be said.
    if (result.isError) {
      this.out.key("status");
      this.out.asciiText("error");
    }
    this.out.endObject();
    this.end(marker);
  }

  protected override closing(): void {
    const isLast = this.message == this.outline.messages - 1;
    // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html: a document has to have a text beside it.
    if (this.hasDocument && !this.hasText) this.out.raw(DOCUMENT_TEXT);
    const isLastUsers = this.side == Side.User && this.message == this.outline.lastUserMessage;
    if ((isLast && CACHE_POINTS.lastMessage) || (isLastUsers && CACHE_POINTS.lastUserMessage)) CACHE_POINTS.writeOwn(this.out);
    this.message++;
    this.hasText = this.hasDocument = false;
  }

  private writeToolId(id: Span): void {
    this.out.key("toolUseId");
    writeToolId(this.conversation.source.point(id, this.view), this.out, LONGEST_ID);
  }

  private beginReasoning(): void {
    this.out.beginObject();
    this.out.key("reasoningContent");
    this.out.beginObject();
  }

  private endReasoning(): void {
    this.out.endObject();
    this.out.endObject();
  }

  private beginPart(): void {
    if (this.isInResult) this.resultHasContent = true;
  }

  /** A result's content has no cache points: its own is behind the whole result. */
  private end(marker: Span): void {
    this.out.endObject();
    if (!this.isInResult) CACHE_POINTS.writeFor(marker, this.conversation.source, this.out);
  }
}

const OPENING = Bytes.of('{"role":"user","content":[{"text":"' + ASSISTANT_BEGINS + '"}]}');
const NO_OUTPUT = Bytes.of('{"text":"(no output)"}');
const DOCUMENT_TEXT = Bytes.of('{"text":"(See the document.)"}');
