/** Reads the calls of an assistant's message. */
import { ABSENT, spanLength } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";
import { Conversation, Item, ItemKind, ValueForm } from "../conversation";
import { Complaint } from "./complaint";
import { VIEW, textOf, wordOf } from "../values";

/** Reads `tool_calls`: each is an item; one that is no function call is kept whole. */
export function readToolCalls(json: JsonReader, conversation: Conversation, complaint: Complaint): void {
  if (!json.enterArray()) return;
  let index = 0;
  while (json.nextElement()) {
    complaint.toolIndex = index++;
    readToolCall(json, conversation, complaint);
    if (complaint.failure != null) return;
  }
  complaint.toolIndex = -1;
}

function readToolCall(json: JsonReader, conversation: Conversation, complaint: Complaint): void {
  const from = json.offset;
  if (!json.enterObject()) return complaint.wrongType("", json, "a tool call");
  const call = conversation.add(ItemKind.ToolCall);
  let isFunction = true;
  let hasFunction = false;
  while (json.nextKey()) {
    if (json.nothing()) continue;
    if (json.keyIs("id")) call.id = textOf(json, "id", complaint);
    else if (json.keyIs("function")) {
      hasFunction = true;
      readFunction(json, call, "function", complaint);
    } else if (json.keyIs("type")) {
      const type = textOf(json, "type", complaint);
      isFunction = wordOf(json, type, VIEW).is("function");
    } else if (json.keyIs("extra_content")) readSignature(json, call);
    if (complaint.failure != null) return;
  }
  call.whole = json.spanSince(from);
  if (!isFunction) call.kind = ItemKind.Unknown;
  else if (!hasFunction) complaint.missing("function", json, "an object with `name` and `arguments`");
  else if (spanLength(call.id) == 0) complaint.missing("id", json, "the call's id");
}

/** Reads a function's name and arguments. Arguments that are an object, as some write them, are taken too. */
export function readFunction(json: JsonReader, call: Item, field: string, complaint: Complaint): void {
  if (!json.enterObject()) return complaint.wrongType(field, json, "an object with `name` and `arguments`");
  while (json.nextKey()) {
    if (json.nothing()) continue;
    if (json.keyIs("name")) call.name = textOf(json, field + ".name", complaint);
    else if (json.keyIs("arguments")) readArguments(json, call, field, complaint);
    if (complaint.failure != null) return;
  }
  if (spanLength(call.name) == 0) complaint.missing(field + ".name", json, "the function's name");
}

function readArguments(json: JsonReader, call: Item, field: string, complaint: Complaint): void {
  const text = json.string();
  call.valueForm = text != ABSENT ? ValueForm.EscapedJson : ValueForm.Json;
  if (text != ABSENT) call.value = text;
  else if (json.peek() == JsonType.Object) call.value = json.skip();
  else complaint.wrongType(field + ".arguments", json, "a string that contains a JSON object");
}

/** `extra_content.google.thought_signature`: where Google's own OpenAI endpoint puts it (https://ai.google.dev/gemini-api/docs/thought-signatures). */
export function readSignature(json: JsonReader, call: Item): void {
  if (!json.enterObject()) return;
  while (json.nextKey()) {
    if (!json.keyIs("google") || !json.enterObject()) continue;
    while (json.nextKey()) if (json.keyIs("thought_signature")) call.signature = json.string();
  }
}
