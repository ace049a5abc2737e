/** The body of a request: https://ai.google.dev/api/generate-content#request-body */
import { Bytes } from "../../bytes/bytes";
import { JsonWriter } from "../../json/writer";
import { Conversation } from "../conversation";
import { Target } from "../protocol";
import { ContentsWriter, writeSystem } from "./contents";
import { writeGeneration } from "./generation";
import { Model } from "./models";
import { writeOthers } from "./others";
import { writeTools } from "./tools";

/** Writes a conversation that fits (`fits.ts`). The model and whether to stream stand in the path. */
export function writeGenerateContent(conversation: Conversation, target: Target, out: JsonWriter): void {
  out.beginObject();
  writeMembers(conversation, target, out);
  out.endObject();
}

/** Writes what asks how many tokens a conversation has: https://ai.google.dev/api/tokens. Inside of it the request names its model. */
export function writeCountTokens(conversation: Conversation, target: Target, out: JsonWriter): void {
  out.beginObject();
  out.key("generateContentRequest");
  out.beginObject();
  out.key("model");
  writeModelName(target.model, out);
  writeMembers(conversation, target, out);
  out.endObject();
  out.endObject();
}

/** Writes a model's name (escaped) with its resource's prefix, as bodies have it. */
export function writeModelName(model: Bytes, out: JsonWriter): void {
  out.beginString();
  if (!model.startsWith("models/") && !model.startsWith("tunedModels/")) out.ascii("models/");
  out.moreEscaped(model);
  out.endString();
}

function writeMembers(conversation: Conversation, target: Target, out: JsonWriter): void {
  const model = Model.of(target.model);
  writeSystem(conversation, out);
  out.key("contents");
  CONTENTS.write(conversation, model, target.takesCallIds, out);
  writeTools(conversation, model, out);
  writeGeneration(conversation, model, out);
  writeOthers(conversation, out);
}

const CONTENTS = new ContentsWriter();
