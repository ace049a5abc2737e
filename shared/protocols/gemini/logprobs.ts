/** Log probabilities: https://ai.google.dev/api/generate-content#LogprobsResult */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { JsonReader } from "../../json/reader";
import { JsonWriter } from "../../json/writer";

/**
 * Writes a `logprobsResult` in OpenAI's form: `{"content":[{"token","logprob","bytes":null,"top_logprobs":[…]}],"refusal":null}`. Gemini has two parallel lists, the chosen
 * tokens and the likeliest ones; it says no bytes.
 */
export function writeLogprobs(result: Bytes, out: JsonWriter): void {
  let chosen: Span = ABSENT;
  let top: Span = ABSENT;
  const outer = OUTER.start(result);
  if (outer.enterObject())
    while (outer.nextKey()) {
      if (outer.keyIs("chosenCandidates")) chosen = outer.skip();
      else if (outer.keyIs("topCandidates")) top = outer.skip();
    }
  out.startValue();
  out.beginObject();
  out.key("content");
  out.beginArray();
  const steps = STEPS.start(outer.point(chosen, VIEW));
  const lists = LISTS.start(outer.point(top, VIEW));
  let moreLists = lists.enterArray();
  if (steps.enterArray())
    while (steps.nextElement()) {
      out.beginObject();
      writeToken(steps, out);
      out.key("top_logprobs");
      out.beginArray();
      if (moreLists) moreLists = lists.nextElement();
      if (moreLists && lists.enterObject()) while (lists.nextKey()) if (lists.keyIs("candidates")) writeTokens(lists, out);
      out.endArray();
      out.endObject();
    }
  out.endArray();
  out.key("refusal");
  out.nothing();
  out.endObject();
}

const OUTER = new JsonReader();
const STEPS = new JsonReader();
const LISTS = new JsonReader();
const VIEW = new Bytes();

function writeTokens(list: JsonReader, out: JsonWriter): void {
  if (!list.enterArray()) return;
  while (list.nextElement()) {
    out.beginObject();
    writeToken(list, out);
    out.endObject();
  }
}

/** The members of one token, from `{"token":…,"tokenId":…,"logProbability":…}`. Proto JSON leaves out what is empty or 0. */
function writeToken(reader: JsonReader, out: JsonWriter): void {
  let token: Span = ABSENT;
  let probability: Span = ABSENT;
  if (reader.enterObject())
    while (reader.nextKey()) {
      if (reader.keyIs("token")) token = reader.string();
      else if (reader.keyIs("logProbability")) probability = reader.number();
    }
  out.key("token");
  out.escaped(reader.point(token, VIEW));
  out.key("logprob");
  if (probability == ABSENT) out.unsigned(0);
  else out.raw(reader.point(probability, VIEW));
  out.key("bytes");
  out.nothing();
}

/** The way back: writes a `logprobsResult` from log probabilities in OpenAI's form. */
export function writeLogprobsResult(openai: Bytes, out: JsonWriter): void {
  const tokens = contentOf(openai);
  out.beginObject();
  out.key("topCandidates");
  out.beginArray();
  for (let more = beginTokens(tokens); more; more = STEPS.nextElement()) {
    out.beginObject();
    out.key("candidates");
    out.beginArray();
    if (STEPS.enterObject())
      while (STEPS.nextKey()) {
        if (!STEPS.keyIs("top_logprobs") || !STEPS.enterArray()) continue;
        while (STEPS.nextElement()) writeCandidate(out);
      }
    out.endArray();
    out.endObject();
  }
  out.endArray();
  out.key("chosenCandidates");
  out.beginArray();
  for (let more = beginTokens(tokens); more; more = STEPS.nextElement()) writeCandidate(out);
  out.endArray();
  out.endObject();
}

function contentOf(openai: Bytes): Bytes {
  const outer = OUTER.start(openai);
  let content: Span = ABSENT;
  if (outer.enterObject()) while (outer.nextKey()) if (outer.keyIs("content")) content = outer.skip();
  return outer.bytes(content);
}

function beginTokens(tokens: Bytes): bool {
  return STEPS.start(tokens).enterArray() && STEPS.nextElement();
}

function writeCandidate(out: JsonWriter): void {
  out.beginObject();
  if (STEPS.enterObject())
    while (STEPS.nextKey()) {
      if (STEPS.keyIs("token")) {
        out.key("token");
        out.escaped(STEPS.point(STEPS.string(), VIEW));
      } else if (STEPS.keyIs("logprob")) {
        const number = STEPS.number();
        out.key("logProbability");
        if (number == ABSENT) out.unsigned(0);
        else out.raw(STEPS.point(number, VIEW));
      }
    }
  out.endObject();
}
