import { Bytes } from "../../bytes/bytes";
import { Thoughts } from "../anthropic/outline";

/** Whose model it is, as far as requests differ. The table is in README.md. */
export enum Family {
  /** Anthropic's; what differs between its versions is in ../anthropic/models.ts. */
  Claude,
  Nova,
  /** Nova from version 2 on, which reasons if asked: https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html */
  Nova2,
  /** OpenAI's open models. */
  OpenAI,
  Other,
  /** An ARN that doesn't say whose model is behind it: an application's inference profile, provisioned throughput, a custom model. */
  Hidden,
}

/** Reads a model's id, an inference profile's id, or an ARN: `us.anthropic.claude-sonnet-4-5-20250929-v1:0`. https://docs.aws.amazon.com/bedrock/latest/userguide/model-ids.html */
export function familyOf(model: Bytes): Family {
  if (model.contains("claude")) return Family.Claude;
  if (model.contains("nova-2-")) return Family.Nova2;
  if (model.contains("amazon.nova-")) return Family.Nova;
  if (model.contains("openai.gpt-")) return Family.OpenAI;
  return model.startsWith("arn:") && !model.contains("foundation-model") ? Family.Hidden : Family.Other;
}

/** Whether a model may know cache points: one that doesn't answers 403. https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html#prompt-caching-models */
export function takesCachePoints(family: Family): bool {
  return family == Family.Claude || family == Family.Nova || family == Family.Nova2 || family == Family.Hidden;
}

/** Which of Claude's thoughts it takes: another maker's model takes none. */
export function thoughtsOf(family: Family): Thoughts {
  return family == Family.Claude || family == Family.Hidden ? Thoughts.Base64 : Thoughts.None;
}
