/** What fixtures.test.ts calls: a request on its way to a provider, and an answer on its way back, without a host. */
import { Bytes } from "../bytes/bytes";
import { JsonWriter } from "../json/writer";
import { OUTPUT, input } from "../../test/assembly/io";
import { AnswerEvent, AnswerWriter, EventKind, EventSink } from "./answer";
import { AnthropicClient } from "./anthropic/client";
import { AnthropicProvider } from "./anthropic/provider";
import { BedrockOptions } from "./bedrock/options";
import { BedrockProvider } from "./bedrock/provider";
import { CohereProvider } from "./cohere/provider";
import { CompletionsClient } from "./completions/client";
import { CompletionsProvider } from "./completions/provider";
import { Conversation } from "./conversation";
import { DashScopeProvider } from "./dashscope/provider";
import { DeepLProvider } from "./deepl/provider";
import { DifyProvider } from "./dify/provider";
import { DifySettings } from "./dify/settings";
import { Failure } from "./failure";
import { HunyuanProvider } from "./hunyuan/provider";
import { MiniMaxProvider } from "./minimax/provider";
import { TritonProvider } from "./triton/provider";
import { GeminiClient } from "./gemini/client";
import { GeminiProvider } from "./gemini/provider";
import { OpenAIClient } from "./openai/client";
import { OpenAIProvider } from "./openai/provider";
import { Dialect, Endpoint, Operation } from "./operation";
import { AnswerSettings, ClientProtocol, Passage, ProviderProtocol, Target } from "./protocol";
import { ResponsesClient } from "./responses/client";
import { ResponsesProvider } from "./responses/provider";
export * from "../../test/assembly/io";

const OPENAI_CLIENT = new OpenAIClient();
const ANTHROPIC_CLIENT = new AnthropicClient();
const RESPONSES_CLIENT = new ResponsesClient();
const COMPLETIONS_CLIENT = new CompletionsClient();
const RESPONSES = new ResponsesProvider();
const COMPLETIONS = new CompletionsProvider();
const GEMINI_CLIENT = new GeminiClient();
const OPENAI = new OpenAIProvider();
const ANTHROPIC = new AnthropicProvider();
const GEMINI = new GeminiProvider();
const COHERE = new CohereProvider();
const BEDROCK = new BedrockProvider(new BedrockOptions());
const DASHSCOPE = new DashScopeProvider();
const HUNYUAN = new HunyuanProvider();
const MINIMAX = new MiniMaxProvider(Bytes.of("1"));
const DIFY = new DifyProvider(new DifySettings());
const DEEPL = new DeepLProvider(Bytes.of("DE"));
const TRITON = new TritonProvider(new Bytes());
const CONVERSATION = new Conversation();
const WRITER = new JsonWriter();

export function providerOf(dialect: i32): ProviderProtocol {
  switch (dialect) {
    case Dialect.Anthropic:
      return ANTHROPIC;
    case Dialect.Gemini:
      return GEMINI;
    case Dialect.Cohere:
      return COHERE;
    case Dialect.Bedrock:
      return BEDROCK;
    case Dialect.DashScope:
      return DASHSCOPE;
    case Dialect.Hunyuan:
      return HUNYUAN;
    case Dialect.MiniMax:
      return MINIMAX;
    case Dialect.Dify:
      return DIFY;
    case Dialect.DeepL:
      return DEEPL;
    case Dialect.Triton:
      return TRITON;
    case Dialect.Responses:
      return RESPONSES;
    case Dialect.Completions:
      return COMPLETIONS;
    default:
      return OPENAI;
  }
}

export function clientOf(dialect: i32): ClientProtocol {
  if (dialect == Dialect.Responses) return RESPONSES_CLIENT;
  if (dialect == Dialect.Completions) return COMPLETIONS_CLIENT;
  return dialect == Dialect.Anthropic ? ANTHROPIC_CLIENT : dialect == Dialect.Gemini ? GEMINI_CLIENT : OPENAI_CLIENT;
}

function fail(failure: Failure, client: ClientProtocol): i32 {
  WRITER.clear();
  client.writeFailure(failure, WRITER);
  OUTPUT.bytes(WRITER.view());
  return failure.status;
}

/** Reads a client's request (input 0) to a path; to that of a chat where it is empty. */
function read(client: ClientProtocol, path: Bytes): Failure | null {
  if (path.isEmpty) {
    CONVERSATION.reset(input(0), client.dialect, Operation.Chat);
    return client.readRequest(CONVERSATION);
  }
  const endpoint = Endpoint.of(path);
  CONVERSATION.reset(input(0), endpoint.dialect, endpoint.operation, path);
  return client.readRequest(CONVERSATION);
}

/** What is special about a target. */
enum Special {
  TakesReasoningContent = 1,
  /** It takes no ids of calls, as Vertex AI does for Gemini. */
  WithoutCallIds = 2,
}

/**
 * Writes the client's request (input 0) to a path (input 2) for a provider, whose model is input 1 if that isn't empty, and which a platform offers that wants its version (input 3) in the body: 0; or the failure's status, and
 * its body is the output. `special`: bits of `Special`.
 */
export function request(dialect: i32, provider: i32, special: i32): i32 {
  const client = clientOf(dialect);
  const unread = read(client, input(2));
  if (unread != null) return fail(unread, client);
  const target = new Target();
  target.client = <Dialect>dialect;
  target.takesReasoningContent = (special & Special.TakesReasoningContent) != 0;
  target.takesCallIds = (special & Special.WithoutCallIds) == 0;
  target.platformVersion = input(3);
  target.provider = Bytes.of("there");
  target.modelChanged = !input(1).isEmpty;
  target.model = target.modelChanged ? input(1) : CONVERSATION.source.bytes(CONVERSATION.model);
  const protocol = providerOf(provider);
  let unfit: Failure | null = null;
  if (provider != dialect) unfit = client.needsItsOwn(CONVERSATION, target);
  if (unfit == null) unfit = protocol.fits(CONVERSATION, target);
  if (unfit != null) return fail(unfit, client);
  WRITER.clear();
  protocol.writeRequest(CONVERSATION, target, WRITER);
  OUTPUT.bytes(WRITER.view());
  return 0;
}

/**
 * Turns a provider's answer (input 1) to the client's request (input 0, to the path in input 3) into the client's; in pieces whose lengths are the bytes of input 2, the rest in one. Input 4 is the header that names an error. The status: 200, or the
 * failure's where it comes before any content.
 */
export function answer(dialect: i32, provider: i32, status: i32): i32 {
  const client = clientOf(dialect);
  const unread = read(client, input(3));
  if (unread != null) return fail(unread, client);
  const protocol = providerOf(provider);
  const body = input(1);
  if (status >= 400) return fail(protocol.readNamedFailure(status, input(4), body), client);
  const settings = new AnswerSettings();
  settings.follow(CONVERSATION);
  settings.created = 1700000000;
  settings.model = CONVERSATION.source.bytes(CONVERSATION.model);
  settings.id = Bytes.of("request-1");
  settings.passage = protocol.passage(CONVERSATION);
  settings.request = CONVERSATION;
  WRITER.clear();
  if (settings.passage == Passage.Unchanged) WRITER.bytes(body);
  const gate = new Gate(client.writer(settings, WRITER));
  const reader = settings.stream ? protocol.streamReader(CONVERSATION) : protocol.wholeReader(CONVERSATION);
  const cuts = input(2);
  let at = 0;
  for (let i = 0; i < cuts.length && at < body.length; i++) {
    // A copy that is spoilt: what was handed over is the reader's only during the call.
    const piece = body.slice(at, at + cuts.at(i)).copy();
    reader.read(piece, gate);
    piece.buffer.fill(0x2a);
    at += cuts.at(i);
  }
  if (at < body.length) reader.read(body.slice(at), gate);
  reader.end(gate);
  const failure = gate.early;
  if (failure != null) return fail(failure, client);
  OUTPUT.bytes(WRITER.view());
  return 200;
}

/** A failure before any content is the answer. */
class Gate extends EventSink {
  early: Failure | null = null;
  private hasContent: bool = false;

  constructor(private readonly writer: AnswerWriter) {
    super();
  }

  on(event: AnswerEvent): void {
    if (event.isContent) this.hasContent = true;
    if (event.kind == EventKind.Failure && !this.hasContent) this.early = event.failure;
    else this.writer.on(event);
  }
}
