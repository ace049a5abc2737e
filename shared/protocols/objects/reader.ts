/** Reads answers about objects: whose they are, and which of a list the caller may see. */
import { Bytes, EMPTY } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { ByteWriter } from "../../bytes/writer";
import { JsonReader, JsonType } from "../../json/reader";
import { unescape } from "../../json/unescape";
import { AnswerEvent, AnswerReader, EventKind, EventSink } from "../answer";
import { Failure, FailureKind } from "../failure";
import { Ownership } from "./ownership";
import { ObjectAction, isId } from "./path";

const LIST = new JsonReader();
const ELEMENT = new JsonReader();
const DECODED = new ByteWriter(64);

/**
 * An answer about one object passes as it is, and is noted. Of a list the client gets the caller's own elements as they came, up to `limit`, with `first_id`, `last_id` and `has_more` as they are for these alone, and no other member: what the provider says beside is about
 * the objects of all.
 */
@final
export class ObjectReader extends AnswerReader {
  private readonly event: AnswerEvent = new AnswerEvent();
  private readonly out: ByteWriter = new ByteWriter(256);
  private hasEnded: bool = false;

  constructor(private readonly ownership: Ownership) {
    super();
  }

  read(bytes: Bytes, sink: EventSink): void {
    if (this.hasEnded) return;
    const isList = this.ownership.path.action == ObjectAction.List;
    const isRead = isList ? this.readList(bytes) : this.readObject(bytes);
    LIST.release();
    ELEMENT.release();
    if (!isRead) return this.fail(isList ? "the provider's answer is no list" : "the provider's answer is no object with an id", sink);
    if (isList) {
      this.event.kind = EventKind.Relay;
      this.event.text = this.out.view();
      sink.on(this.event);
    }
    this.close(sink);
  }

  end(sink: EventSink): void {
    if (!this.hasEnded) this.fail("the provider's answer is empty", sink);
  }

  private readObject(bytes: Bytes): bool {
    // Nothing is noted of what isn't JSON to its end.
    if (!isWhole(bytes)) return false;
    const id = this.note(bytes, this.ownership.path.action == ObjectAction.Create);
    if (this.ownership.path.action == ObjectAction.Delete) this.ownership.gone();
    return !id.isEmpty;
  }

  /** Notes what an object of the caller's names as its results; its id, empty if it has none. */
  private note(object: Bytes, isNew: bool): Bytes {
    const json = ELEMENT.start(object);
    let id: Bytes = EMPTY;
    if (!json.enterObject()) return id;
    while (json.nextKey()) {
      if (json.keyIs("id")) id = idOf(json.bytes(json.string()));
      else if (json.keyIs("output_file_id") || json.keyIs("error_file_id")) this.noteResult(json);
      else if (json.keyIs("result_files") && json.enterArray()) while (json.nextElement()) this.noteResult(json);
    }
    if (isNew && !id.isEmpty) this.ownership.made(id);
    return id;
  }

  private noteResult(json: JsonReader): void {
    const id = idOf(json.bytes(json.string()));
    if (!id.isEmpty) this.ownership.made(id);
  }

  private readList(bytes: Bytes): bool {
    if (!isWhole(bytes)) return false;
    const json = LIST.start(bytes);
    const out = this.out;
    out.clear();
    if (!json.enterObject()) return false;
    let hasData = false;
    let hasMore = false;
    let count = 0;
    let first: Bytes = EMPTY;
    let last: Bytes = EMPTY;
    out.ascii('{"object":"list","data":[');
    while (json.nextKey()) {
      if (json.keyIs("has_more")) hasMore = json.bool() == JsonType.True || hasMore;
      else if (json.keyIs("data") && !hasData && json.enterArray()) {
        hasData = true;
        while (json.nextElement()) {
          const span = json.skip();
          const element = json.bytes(span);
          const id = ownIdOf(element);
          if (id.isEmpty || !this.ownership.owns(id)) continue;
          if (count == this.ownership.limit) {
            hasMore = true;
            break;
          }
          this.note(element, false);
          if (count++ == 0) first = id;
          else out.byte(0x2c);
          last = id;
          out.bytes(element);
        }
      }
    }
    out.ascii('],"first_id":');
    writeId(first, out);
    out.ascii(',"last_id":');
    writeId(last, out);
    // Without an element there is nothing to ask on from.
    out.ascii(hasMore && count > 0 ? ',"has_more":true}' : ',"has_more":false}');
    return hasData;
  }

  private fail(message: string, sink: EventSink): void {
    this.event.kind = EventKind.Failure;
    this.event.failure = Failure.of(FailureKind.Provider, message);
    sink.on(this.event);
    this.close(sink);
  }

  private close(sink: EventSink): void {
    this.hasEnded = true;
    this.event.kind = EventKind.End;
    this.event.text = EMPTY;
    sink.on(this.event);
  }
}

function isWhole(bytes: Bytes): bool {
  const json = LIST.start(bytes);
  return json.peek() == JsonType.Object && json.finish();
}

/** The id of an element; empty if it has none, or two, since readers may pick different ones. */
function ownIdOf(element: Bytes): Bytes {
  const json = ELEMENT.start(element);
  let id: Span = ABSENT;
  let count = 0;
  if (json.enterObject()) {
    while (json.nextKey()) {
      if (!json.keyIs("id")) continue;
      count++;
      id = json.string();
    }
  }
  return count == 1 ? idOf(json.point(id, new Bytes())) : EMPTY;
}

/** A string's content as an id, in a buffer of its own; empty if it is none. */
function idOf(content: Bytes): Bytes {
  DECODED.clear();
  unescape(content, DECODED);
  const id = DECODED.copySince(0);
  return isId(id) ? id : EMPTY;
}

function writeId(id: Bytes, out: ByteWriter): void {
  if (id.isEmpty) return out.ascii("null");
  out.byte(0x22);
  out.bytes(id);
  out.byte(0x22);
}
