/** What DeepL answers, which never streams: https://developers.deepl.com/docs/api-reference/translate */
import { HERE } from "../fields.ts";
import { AnswerList, type ProviderAnswers } from "./rows.ts";

const ok = { detected_source_language: "EN", text: "Ok" };
const answer = (members: object): object => ({ translations: [{ ...ok, ...members }] });

const list = new AnswerList()
  .field("translations[].text", "Said 7", answer({ text: HERE }), null, "Ok")
  .field("translations[] more than one", { ...ok, text: "Or 7" }, { translations: [ok, HERE] }, null)
  .field("translations[].detected_source_language", "FR", answer({ detected_source_language: HERE }), null, "EN")
  .field("translations[].model_type_used", "quality_optimized", answer({ model_type_used: HERE }), null)
  .field("translations[].billed_characters", 7, answer({ billed_characters: HERE }), null)
  .error("message, 400", 400, "wrong 7", { message: HERE }, "wrong")
  .error("message, 456", 456, "none left 7", { message: HERE }, "none left");

export const deepl: ProviderAnswers = {
  source: "https://developers.deepl.com/docs/api-reference/translate",
  last: "",
  rows: list.rows,
};
