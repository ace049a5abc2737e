/** What an answer that passes says of its cost. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT } from "../../bytes/span";
import { JsonNumber } from "../../json/number";
import { JsonReader } from "../../json/reader";
import { COUNT_LIMIT, Usage } from "../answer";
import { readUsage } from "../openai/usage-reader";

const READER = new JsonReader();
const NUMBER = new JsonNumber();
const VIEW = new Bytes();
/**
 * Reads `{"usage":…}` of images (https://platform.openai.com/docs/api-reference/images/object), transcriptions (`{"type":"duration","seconds":9}` among them, https://platform.openai.com/docs/api-reference/audio/json-object) and
 * Jina's rerank, or `{"meta":{"billed_units":…}}` of Cohere's (https://docs.cohere.com/reference/rerank). False: it tells nothing.
 */
export function readCounts(text: Bytes, usage: Usage): bool {
  const found = read(text, usage);
  READER.release();
  return found;
}

function read(text: Bytes, usage: Usage): bool {
  const json = READER.start(text);
  if (!json.enterObject() || !json.nextKey()) return false;
  if (json.keyIs("usage")) {
    const value = json.skip();
    if (value == ABSENT) return false;
    json.start(json.bytes(value));
    const counted = readUsage(json, usage);
    if (!counted) usage.clear();
    json.start(json.bytes(value));
    if (!json.enterObject()) return counted;
    while (json.nextKey()) {
      if (json.keyIs("seconds")) usage.seconds = count(json);
      else if (json.keyIs("input_token_details") && json.enterObject()) {
        while (json.nextKey()) if (json.keyIs("audio_tokens")) usage.inputAudio = min(count(json), usage.input);
      }
    }
    usage.known = usage.known || usage.seconds > 0;
    return usage.known && !json.failed;
  }
  if (!json.enterObject()) return false;
  while (json.nextKey()) {
    if (!json.keyIs("billed_units")) continue;
    const value = json.skip();
    if (value == ABSENT) return false;
    json.start(json.bytes(value));
    usage.clear();
    if (!json.enterObject()) return false;
    while (json.nextKey()) {
      if (json.keyIs("search_units")) usage.searches = count(json);
      else if (json.keyIs("input_tokens")) usage.input = count(json);
      else if (json.keyIs("output_tokens")) usage.output = count(json);
    }
    usage.known = !json.failed && usage.searches + usage.input + usage.output > 0;
    return usage.known;
  }
  return false;
}

/** The next value, if it is a number that isn't negative, rounded up; else 0. */
function count(json: JsonReader): u64 {
  const number = json.number();
  if (number == ABSENT || !NUMBER.read(json.point(number, VIEW)) || NUMBER.negative) return 0;
  if (NUMBER.isWhole) return min(NUMBER.magnitude, COUNT_LIMIT);
  const value = NUMBER.double;
  return value < <f64>COUNT_LIMIT ? <u64>Math.ceil(value) : COUNT_LIMIT;
}
