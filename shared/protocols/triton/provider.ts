/** The generate extension of Triton and other KServe servers, towards the provider. README.md has the mapping. */
import { Bytes } from "../../bytes/bytes";
import { writePercentEncoded } from "../../bytes/percent";
import { ByteWriter } from "../../bytes/writer";
import { unescape } from "../../json/unescape";
import { JsonWriter } from "../../json/writer";
import { Abilities, Takes } from "../abilities";
import { AnswerReader } from "../answer";
import { Conversation } from "../conversation";
import { Failure } from "../failure";
import { readFailure } from "../openai/provider-errors";
import { writeJson, writeStops } from "../openai/request-writer";
import { Dialect } from "../operation";
import { writeOwn } from "../other-members";
import { ProviderProtocol, Target } from "../protocol";
import { writeTranscript } from "../transcript";
import { TritonStreamReader, TritonWholeReader } from "./readers";

/** Inputs of common backends that aren't parameters, from a client who knows which model it asks. */
const OWN: StaticArray<string> = ["exclude_input_in_output", "image", "bad_words", "stop_words", "end_id", "pad_id"];

const ABILITIES = new Abilities(
  "KServe's generate",
  Takes.Temperature | Takes.TopP | Takes.Seed | Takes.PresencePenalty | Takes.FrequencyPenalty | Takes.Stops | Takes.TextDocuments,
);
ABILITIES.own = OWN;

@final
export class TritonProvider extends ProviderProtocol {
  constructor(
    /** Empty: the server chooses. */
    private readonly version: Bytes,
  ) {
    super();
  }

  override get dialect(): Dialect {
    return Dialect.Triton;
  }

  override fits(conversation: Conversation, target: Target): Failure | null {
    return ABILITIES.whyUnfit(conversation, target);
  }

  override writePath(conversation: Conversation, target: Target, out: ByteWriter): void {
    out.ascii("/v2/models/");
    NAME.clear();
    unescape(target.model, NAME);
    writePercentEncoded(NAME.view(), out);
    if (!this.version.isEmpty) {
      out.ascii("/versions/");
      out.bytes(this.version);
    }
    out.ascii(conversation.stream ? "/generate_stream" : "/generate");
  }

  /** https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/protocol/extension_generate.html */
  override writeRequest(conversation: Conversation, _target: Target, out: JsonWriter): void {
    out.startValue();
    out.beginObject();
    out.key("text_input");
    writeTranscript(conversation, out);
    out.key("parameters");
    out.beginObject();
    out.key("stream");
    out.boolean(conversation.stream);
    writeJson("max_tokens", conversation.maxTokensJson, conversation, out);
    writeJson("temperature", conversation.temperatureJson, conversation, out);
    writeJson("top_p", conversation.topPJson, conversation, out);
    writeJson("top_k", conversation.topKJson, conversation, out);
    writeJson("seed", conversation.seedJson, conversation, out);
    writeJson("presence_penalty", conversation.presencePenaltyJson, conversation, out);
    writeJson("frequency_penalty", conversation.frequencyPenaltyJson, conversation, out);
    writeStops("stop", conversation, out);
    out.endObject();
    writeOwn(conversation, OWN, out);
    out.endObject();
  }

  override streamReader(_conversation: Conversation): AnswerReader {
    return new TritonStreamReader();
  }

  override wholeReader(_conversation: Conversation): AnswerReader {
    return new TritonWholeReader();
  }

  /** `{"error":"…"}` */
  override readFailure(status: i32, body: Bytes): Failure {
    return readFailure(status, body);
  }
}

const NAME = new ByteWriter(64);
