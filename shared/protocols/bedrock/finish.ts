/** Why a model stopped: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_ResponseSyntax */
import { Bytes } from "../../bytes/bytes";
import { finishReasonOf } from "../anthropic/answer-parts";
import { FinishReason } from "../answer";

/** Whether the model's answer is of no use: a failure, so that the next target may answer. */
export function isBroken(word: Bytes): bool {
  return word.is("malformed_model_output") || word.is("malformed_tool_use");
}

/** The words that aren't Anthropic's, too. */
export function reasonOf(word: Bytes, calledTools: bool): FinishReason {
  if (word.is("guardrail_intervened") || word.is("content_filtered")) return FinishReason.ContentFilter;
  return finishReasonOf(word, calledTools);
}
