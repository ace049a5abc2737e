/** In what a vendor's messages differ from OpenAI's, whose the defaults are. */
import { Source } from "../../bytes/span";
import { JsonWriter } from "../../json/writer";
import { Item } from "../conversation";
import { Target } from "../protocol";
import { writeOpenAIPart } from "./part-writer";

/** What stands for the content of an assistant's message that has only calls. */
export enum WithoutText {
  Null,
  Empty,
  Omitted,
}

export class MessageForm {
  /** The role of a developer: OpenAI takes `system` for its newer word, which most other vendors don't know. */
  developerWord: string = "system";
  /** Whether a message may name its participant. */
  takesNames: bool = true;
  /** Whether an assistant's message has a member `refusal`; where not, a refusal is content. */
  takesRefusals: bool = true;
  withoutText: WithoutText = WithoutText.Null;
  /** Whether content is always a list of parts (`[{"text":…}]`), never a string. */
  onlyParts: bool = false;
  /** The member for a list of parts. */
  partsKey: string = "content";

  /** The member for an assistant's earlier thinking; "": there is none. */
  thinkingKey(_besideCalls: bool, target: Target): string {
    return target.takesReasoningContent ? "reasoning_content" : "";
  }

  writePart(source: Source, item: Item, out: JsonWriter): void {
    writeOpenAIPart(source, item, out);
  }
}

export const OPENAI_MESSAGES = new MessageForm();
