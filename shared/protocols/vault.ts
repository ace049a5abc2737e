/**
 * Thinking that a client's protocol can't send back. Claude wants the thinking that led to a call in front of that call, with its signature, and Gemini a call's own signature; chat completions have no member for either, and clients that
 * put a stream together keep only what they know. So what a provider signed is kept by the call's id, and put back where the client left it out (https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking#preserving-thinking-blocks,
 * https://ai.google.dev/gemini-api/docs/thought-signatures). What isn't found is no harm: the request is then adapted so that the provider takes it.
 */
import { Bytes } from "../bytes/bytes";
import { ABSENT, Source, Span, spanLength } from "../bytes/span";
import { ByteWriter } from "../bytes/writer";
import { AnswerEvent, EventKind, EventSink } from "./answer";
import { Conversation, Item, ItemKind, Role } from "./conversation";

/** Where what was signed is kept. Keys are whole: whoever implements this compares them byte by byte. */
export abstract class Vault {
  /** Keeps a copy of `value`; may forget it at any time. */
  abstract put(key: Bytes, value: Bytes): void;
  /** What was kept, valid until the next call; null if it isn't there. */
  abstract get(key: Bytes): Bytes | null;
}

/** The largest value: thinking that is longer isn't kept. */
export const VAULT_VALUE_LIMIT = 32 * 1024;
/** How many calls of a conversation, counted from its end, are looked up. */
const LOOKUP_LIMIT = 64;

enum Kind {
  Thinking,
  Redacted,
  /** The call's own. */
  Call,
}

const key = new ByteWriter(256);
const view = new Bytes();
const idView = new Bytes();

/** The beginning of all keys of one conversation: the consumer (empty for none), and the user's first words, as escaped as they came. Another consumer, or another conversation, never has the same. */
export function vaultScope(consumer: Bytes, conversation: Conversation): Bytes {
  const out = new ByteWriter(128);
  sized(consumer, out);
  let role = Role.System;
  for (let i = 0; i < conversation.itemCount; i++) {
    const item = conversation.item(i);
    if (item.kind == ItemKind.Turn) role = item.role;
    else if (item.kind == ItemKind.Text && role == Role.User) {
      sized(conversation.source.point(item.text, view).slice(0, 256), out);
      break;
    }
  }
  return out.view();
}

/** Whose a key is, by its beginning (`vaultScope`). */
export function consumerOf(key: Bytes): Bytes {
  const length = key.word32(0);
  return length > <u32>max(key.length - 4, 0) ? EMPTY_VIEW : key.slice(4, 4 + <i32>length);
}

/** Watches an answer go by, and keeps what was signed in front of each of its calls. Only the first of several answers: a client goes on with one. */
@final
export class VaultKeeper extends EventSink {
  private readonly blocks: ByteWriter = new ByteWriter(0);
  private readonly text: ByteWriter = new ByteWriter(0);

  constructor(
    private vault: Vault,
    private scope: Bytes,
    private next: EventSink,
  ) {
    super();
  }

  override on(event: AnswerEvent): void {
    if (event.choice == 0) this.note(event);
    this.next.on(event);
  }

  private note(event: AnswerEvent): void {
    switch (event.kind) {
      case EventKind.Thinking:
        if (this.text.length <= VAULT_VALUE_LIMIT) this.text.bytes(event.text);
        break;
      case EventKind.Signature:
        addBlock(Kind.Thinking, event.name, this.text.pointAt(view), event.text, this.blocks);
        this.text.clear();
        break;
      case EventKind.RedactedThinking:
        addBlock(Kind.Redacted, event.name, event.text, EMPTY_VIEW, this.blocks);
        break;
      case EventKind.ToolCall:
        if (!event.text.isEmpty) addBlock(Kind.Call, EMPTY_VIEW, EMPTY_VIEW, event.text, this.blocks);
        this.keep(event.id);
        break;
      default:
        break;
    }
  }

  private keep(id: Bytes): void {
    const blocks = this.blocks;
    if (blocks.length > 0 && blocks.length <= VAULT_VALUE_LIMIT && !id.isEmpty) this.vault.put(keyOf(this.scope, id), blocks.pointAt(view));
    blocks.clear();
  }
}

/** The keys that `recallThinking` will ask for, each in a buffer of its own: for stores that have to be asked ahead. */
export function keysToRecall(conversation: Conversation, scope: Bytes): Array<Bytes> {
  const keys: Array<Bytes> = [];
  for (let end = conversation.itemCount; end > 0 && keys.length < LOOKUP_LIMIT;) {
    const from = turnBefore(conversation, end);
    if (conversation.item(from).role == Role.Assistant && !hasThought(conversation, from, end)) {
      for (let i = from; i < end && keys.length < LOOKUP_LIMIT; i++) {
        const call = conversation.item(i);
        if (isNamedCall(call)) keys.push(keyOf(scope, conversation.source.point(call.id, idView)).copy());
      }
    }
    end = from;
  }
  return keys;
}

/** Puts back what the client's protocol left out: in front of the calls of turns that have no thinking of their own, and on calls without signature. */
export function recallThinking(conversation: Conversation, vault: Vault, scope: Bytes): void {
  let lookups = 0;
  for (let end = conversation.itemCount; end > 0 && lookups < LOOKUP_LIMIT;) {
    const from = turnBefore(conversation, end);
    if (conversation.item(from).role == Role.Assistant && !hasThought(conversation, from, end)) {
      let isFirst = true;
      // From the first call on: what is put in front of it moves the others.
      for (let i = from; i < end && lookups < LOOKUP_LIMIT; i++) {
        const call = conversation.item(i);
        if (!isNamedCall(call)) continue;
        lookups++;
        const found = vault.get(keyOf(scope, conversation.source.point(call.id, idView)));
        const added = found == null ? 0 : putBack(conversation, isFirst ? from + 1 : i, call, found);
        i += added;
        end += added;
        isFirst = false;
      }
    }
    end = from;
  }
}

/** Where the turn begins whose items end before `end`. */
function turnBefore(conversation: Conversation, end: i32): i32 {
  let from = end - 1;
  while (from > 0 && conversation.item(from).kind != ItemKind.Turn) from--;
  return from;
}

function isNamedCall(item: Item): bool {
  return item.kind == ItemKind.ToolCall && spanLength(item.id) > 0;
}

/** Whether a turn brings thinking of its own, or a signed call. */
function hasThought(conversation: Conversation, from: i32, to: i32): bool {
  for (let i = from; i < to; i++) {
    const item = conversation.item(i);
    if (item.kind == ItemKind.Thinking || item.kind == ItemKind.RedactedThinking || item.signature != ABSENT) return true;
  }
  return false;
}

/** Adds the blocks of a record at `at`; how many items that made. */
function putBack(conversation: Conversation, at: i32, call: Item, value: Bytes): i32 {
  const source = conversation.source;
  let added = 0;
  record.start(value);
  while (record.next()) {
    if (record.kind == Kind.Call) {
      call.signature = kept(record.signature, source);
      continue;
    }
    const item = conversation.insert(at + added, record.kind == Kind.Redacted ? ItemKind.RedactedThinking : ItemKind.Thinking);
    added++;
    item.name = kept(record.maker, source);
    if (record.kind == Kind.Redacted) item.data = kept(record.text, source);
    else {
      item.text = kept(record.text, source);
      item.signature = kept(record.signature, source);
    }
  }
  return added;
}

function kept(bytes: Bytes, source: Source): Span {
  return bytes.isEmpty ? ABSENT : source.keep(bytes);
}

function keyOf(scope: Bytes, id: Bytes): Bytes {
  key.clear();
  key.bytes(scope);
  key.bytes(id);
  return key.view();
}

function addBlock(kind: Kind, maker: Bytes, text: Bytes, signature: Bytes, out: ByteWriter): void {
  if (out.length > VAULT_VALUE_LIMIT) return;
  out.byte(<u8>kind);
  sized(maker, out);
  sized(text, out);
  sized(signature, out);
}

function sized(bytes: Bytes, out: ByteWriter): void {
  out.word32(bytes.length);
  out.bytes(bytes);
}

const EMPTY_VIEW = new Bytes();

/** Reads a record block by block; ends where it isn't one. */
@final
class RecordReader {
  kind: Kind = Kind.Thinking;
  readonly maker: Bytes = new Bytes();
  readonly text: Bytes = new Bytes();
  readonly signature: Bytes = new Bytes();
  private value: Bytes = new Bytes();
  private at: i32 = 0;

  start(value: Bytes): void {
    this.value = value;
    this.at = 0;
  }

  next(): bool {
    if (this.at >= this.value.length) return false;
    this.kind = <Kind>this.value.at(this.at++);
    return this.kind <= Kind.Call && this.take(this.maker) && this.take(this.text) && this.take(this.signature);
  }

  private take(into: Bytes): bool {
    const value = this.value;
    if (this.at + 4 > value.length) return false;
    const size = value.word32(this.at);
    this.at += 4;
    if (size > <u32>(value.length - this.at)) return false;
    into.set(value.buffer, value.start + this.at, <i32>size);
    this.at += <i32>size;
    return true;
  }
}

const record = new RecordReader();
