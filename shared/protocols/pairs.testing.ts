/** What test/ledger calls: any client's request for any provider, without a host. */
import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { JsonWriter } from "../json/writer";
import { OUTPUT, input } from "../../test/assembly/io";
import { Conversation } from "./conversation";
import { Failure } from "./failure";
import { answer, clientOf, providerOf } from "./fixtures.testing";
import { Omissions } from "./omissions";
import { Dialect, Operation } from "./operation";
import { ClientProtocol, Target } from "./protocol";
export * from "../../test/assembly/io";

const CONVERSATION = new Conversation();
const OMISSIONS = new Omissions();
const PATH = new ByteWriter(0);
const WRITER = new JsonWriter();

/** What `translate` did. */
enum Outcome {
  Written,
  /** The client's request is malformed. */
  Unread,
  /** The provider can't be told it. */
  Unfit,
}

/**
 * Writes a client's request (input 0; input 1 is the model to ask for, the client's own if empty, input 2 the request's path where that says something) for a provider: an `Outcome`. The output is the body, or for a refusal `param`, a line feed, and
 * the failure's body.
 */
export function translate(dialect: i32, provider: i32, drops: bool): i32 {
  const client = clientOf(dialect);
  CONVERSATION.reset(input(0), <Dialect>dialect, Operation.Chat, input(2));
  OMISSIONS.names.length = 0;
  PATH.clear();
  const unread = client.readRequest(CONVERSATION);
  if (unread != null) return refuse(unread, client, Outcome.Unread);
  const target = new Target();
  target.client = <Dialect>dialect;
  target.provider = Bytes.of("there");
  target.dropsUnsupported = drops;
  target.modelChanged = !input(1).isEmpty;
  target.model = target.modelChanged ? input(1) : CONVERSATION.source.bytes(CONVERSATION.model);
  const protocol = providerOf(provider);
  const unfit = OMISSIONS.fit(client, protocol, CONVERSATION, target);
  if (unfit != null) return refuse(unfit, client, Outcome.Unfit);
  WRITER.clear();
  protocol.writeRequest(CONVERSATION, target, WRITER);
  protocol.writePath(CONVERSATION, target, PATH);
  OMISSIONS.restore(CONVERSATION);
  OUTPUT.bytes(WRITER.view());
  return Outcome.Written;
}

/** As the fixtures' `answer`: the client's answer, of the provider's (input 1) to the client's request (input 0). */
export function spoiltAnswer(dialect: i32, provider: i32, status: i32): i32 {
  return answer(dialect, provider, status);
}

/** The path that the last request goes to. */
export function path(): void {
  OUTPUT.bytes(PATH.view());
}

/** What was left out of the last request, joined by commas. */
export function dropped(): void {
  OUTPUT.ascii(OMISSIONS.names.join(","));
}

function refuse(failure: Failure, client: ClientProtocol, outcome: Outcome): i32 {
  WRITER.clear();
  client.writeFailure(failure, WRITER);
  OUTPUT.bytes(Bytes.of(failure.param + "\n"));
  OUTPUT.bytes(WRITER.view());
  return outcome;
}
