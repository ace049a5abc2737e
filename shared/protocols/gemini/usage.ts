/** Token counts: https://ai.google.dev/api/generate-content#UsageMetadata */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { JsonNumber } from "../../json/number";
import { JsonReader } from "../../json/reader";
import { COUNT_LIMIT, Usage } from "../answer";

/**
 * The `usageMetadata` that came last, kept as it came (each piece of a stream repeats all of it) and read once at the end. Gemini counts thoughts and the results of its own
 * tools beside the prompt and the candidates; `Usage` has them within `input` and `output`.
 */
@final
export class UsageMetadata {
  private readonly text: ByteWriter = new ByteWriter(0);
  private readonly view: Bytes = new Bytes();

  get known(): bool {
    return this.text.length > 0;
  }

  /** Keeps a copy. What is no object is ignored. */
  keep(json: Bytes): void {
    if (json.at(0) != 0x7b) return;
    this.text.clear();
    this.text.bytes(json);
  }

  /** Reads what was kept. A count that is negative or no whole number is as if it were absent. */
  readInto(usage: Usage): void {
    usage.clear();
    const reader = READER.start(this.text.pointAt(this.view));
    if (!reader.enterObject()) return;
    let toolUse: u64 = 0;
    while (reader.nextKey()) {
      if (reader.keyIs("promptTokenCount")) usage.input = count(reader);
      else if (reader.keyIs("candidatesTokenCount")) usage.output = count(reader);
      else if (reader.keyIs("thoughtsTokenCount")) usage.reasoning = count(reader);
      else if (reader.keyIs("cachedContentTokenCount")) usage.cachedInput = count(reader);
      else if (reader.keyIs("toolUsePromptTokenCount")) toolUse = count(reader);
      else if (reader.keyIs("promptTokensDetails")) usage.inputAudio = audioTokens(reader);
      else if (reader.keyIs("candidatesTokensDetails")) usage.outputAudio = audioTokens(reader);
    }
    usage.input = min(usage.input + toolUse, COUNT_LIMIT);
    usage.output = min(usage.output + usage.reasoning, COUNT_LIMIT);
    usage.known = usage.input != 0 || usage.output != 0;
  }
}

const READER = new JsonReader();
const NUMBER = new JsonNumber();
const VIEW = new Bytes();

function count(reader: JsonReader): u64 {
  if (!NUMBER.read(reader.point(reader.number(), VIEW)) || NUMBER.negative || !NUMBER.isWhole) return 0;
  return min(NUMBER.magnitude, COUNT_LIMIT);
}

/** Of `[{"modality":"AUDIO","tokenCount":12}, …]` the audio. */
function audioTokens(reader: JsonReader): u64 {
  let audio: u64 = 0;
  if (!reader.enterArray()) return 0;
  while (reader.nextElement()) {
    if (!reader.enterObject()) continue;
    let isAudio = false;
    let tokens: u64 = 0;
    while (reader.nextKey()) {
      if (reader.keyIs("modality")) isAudio = reader.point(reader.string(), VIEW).is("AUDIO");
      else if (reader.keyIs("tokenCount")) tokens = count(reader);
    }
    if (isAudio) audio = min(audio + tokens, COUNT_LIMIT);
  }
  return audio;
}
