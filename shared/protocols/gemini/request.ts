/** The body of a request: https://ai.google.dev/api/generate-content#request-body */
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
  const model = Model.of(target.model);
  out.beginObject();
  writeSystem(conversation, out);
  out.key("contents");
  CONTENTS.write(conversation, model, out);
  writeTools(conversation, model, out);
  writeGeneration(conversation, model, out);
  writeOthers(conversation, out);
  out.endObject();
}

const CONTENTS = new ContentsWriter();
