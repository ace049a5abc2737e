/** `geminiSafetySetting`, as Gemini has it: https://ai.google.dev/api/generate-content#safetysetting */
import { Bytes, EMPTY } from "../../shared/bytes/bytes";
import { Problems } from "../../shared/config/problems";
import { TextMap } from "../../shared/config/text-map";
import { JsonWriter } from "../../shared/json/writer";

const THRESHOLDS: StaticArray<string> = [
  "HARM_BLOCK_THRESHOLD_UNSPECIFIED",
  "BLOCK_LOW_AND_ABOVE",
  "BLOCK_MEDIUM_AND_ABOVE",
  "BLOCK_ONLY_HIGH",
  "BLOCK_NONE",
  "OFF",
];

/** The list of settings, raw JSON; empty where there are none. `problems` says what isn't one. */
export function safetySettings(configured: TextMap, path: string, problems: Problems): Bytes {
  if (configured.length == 0) return EMPTY;
  const out = new JsonWriter();
  out.beginArray();
  for (let i = 0; i < configured.length; i++) {
    const category = configured.names[i];
    const threshold = configured.values[i];
    if (!category.startsWith("HARM_CATEGORY_"))
      problems.refuse(path, `found "${category.toString()}", expected a category, such as HARM_CATEGORY_HARASSMENT`);
    if (!THRESHOLDS.includes(threshold.toString()))
      problems.refuse(`${path}.${category.toString()}`, `found "${threshold.toString()}", expected one of ${THRESHOLDS.join(", ")}`);
    out.beginObject();
    out.key("category");
    out.text(category);
    out.key("threshold");
    out.text(threshold);
    out.endObject();
  }
  out.endArray();
  return out.view();
}
