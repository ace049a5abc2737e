/** Cache points: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Source, Span } from "../../bytes/span";
import { JsonReader } from "../../json/reader";
import { JsonWriter } from "../../json/writer";
import { Conversation } from "../conversation";
import { Family, takesCachePoints } from "./models";
import { BedrockOptions, CacheRetention } from "./options";

/** A request may have so many; more are refused. */
const MOST_POINTS = 4;

/** Where one request gets its cache points: at the client's own markers, and, as far as there is room, where the configuration says. One object, `CACHE_POINTS`, is settled anew for each request. */
@final
export class CachePoints {
  system: bool = false;
  lastUserMessage: bool = false;
  lastMessage: bool = false;
  /** Whether tools may have them: Nova's may not. */
  tools: bool = false;
  private isTaken: bool = false;
  private isClaude: bool = false;
  private retention: CacheRetention = CacheRetention.None;
  private left: i32 = 0;
  private readonly reader: JsonReader = new JsonReader();
  private readonly view: Bytes = new Bytes();

  settle(conversation: Conversation, options: BedrockOptions, family: Family): this {
    this.isTaken = takesCachePoints(family);
    this.isClaude = family == Family.Claude;
    this.tools = family == Family.Claude || family == Family.Hidden;
    this.retention = this.isTaken ? retentionOf(conversation, options) : CacheRetention.None;
    let markers = 0;
    for (let i = 0; i < conversation.itemCount; i++) if (conversation.item(i).cacheControl != ABSENT) markers++;
    for (let i = 0; i < conversation.toolCount; i++) if (conversation.tool(i).cacheControl != ABSENT) markers++;
    this.left = this.retention == CacheRetention.None ? 0 : max(MOST_POINTS - markers, 0);
    this.system = options.cachesSystem && this.take();
    this.lastUserMessage = options.cachesLastUserMessage && this.take();
    this.lastMessage = options.cachesLastMessage && this.take();
    return this;
  }

  private take(): bool {
    return this.left-- > 0;
  }

  /** Writes the point for a client's marker (`{"type":"ephemeral","ttl":"1h"}`), as a block of its own behind what it marks. Nothing where there is none, or the model has no cache. */
  writeFor(marker: Span, source: Source, out: JsonWriter): void {
    if (marker == ABSENT || !this.isTaken) return;
    this.writePoint(this.isClaude && this.isLong(source.point(marker, this.view)), out);
  }

  /** Writes a point of the configuration's. */
  writeOwn(out: JsonWriter): void {
    this.writePoint(this.retention == CacheRetention.Long, out);
  }

  private writePoint(isLong: bool, out: JsonWriter): void {
    out.raw(isLong ? LONG : SHORT);
  }

  private isLong(marker: Bytes): bool {
    const reader = this.reader.start(marker);
    if (!reader.enterObject()) return false;
    while (reader.nextKey()) {
      if (!reader.keyIs("ttl")) continue;
      return reader.point(reader.string(), this.view).is("1h");
    }
    return false;
  }
}

export const CACHE_POINTS = new CachePoints();

/** OpenAI's words for how long a prompt is kept (https://platform.openai.com/docs/guides/prompt-caching): the client's own, else the configuration's. */
function retentionOf(conversation: Conversation, options: BedrockOptions): CacheRetention {
  const asked = conversation.other("prompt_cache_retention");
  if (conversation.source.is(asked, '"24h"')) return CacheRetention.Long;
  if (conversation.source.is(asked, '"in_memory"') || conversation.source.is(asked, '"in-memory"')) return CacheRetention.Short;
  return options.retention;
}

const SHORT = Bytes.of('{"cachePoint":{"type":"default"}}');
const LONG = Bytes.of('{"cachePoint":{"type":"default","ttl":"1h"}}');
