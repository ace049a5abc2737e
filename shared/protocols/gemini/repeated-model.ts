import { Bytes } from "../../bytes/bytes";
import { ABSENT } from "../../bytes/span";
import { ByteWriter } from "../../bytes/writer";
import { JsonReader } from "../../json/reader";
import { unescape } from "../../json/unescape";
import { Conversation } from "../conversation";
import { textOf } from "../values";
import { ContentComplaint } from "./complaint";

/** Reads the next value, a model's name in the body, which has to be the path's, since policy goes by that: `models/…`, or a longer resource's name that ends so. */
export function readRepeatedModel(json: JsonReader, conversation: Conversation, complaint: ContentComplaint): void {
  const name = textOf(json, "model", complaint);
  if (name == ABSENT) return;
  THERE.clear();
  unescape(json.point(name, VIEW), THERE);
  HERE.clear();
  unescape(conversation.source.point(conversation.model, VIEW), HERE);
  const there = THERE.view();
  const here = HERE.view();
  if (there.isEmpty || there.equals(here)) return;
  const from = there.length - here.length;
  if (from > 0 && there.endsWithBytes(here) && there.slice(0, from).endsWith("models/")) return;
  complaint.say("model", "names another model than the path: name the same, or leave it out");
}

const VIEW = new Bytes();
const THERE = new ByteWriter(64);
const HERE = new ByteWriter(64);
