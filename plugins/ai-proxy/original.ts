/** `protocol: original`, and vendors of which only host and key are known: a request goes on as the client wrote it, in whichever protocol that is. */
import { Bytes } from "../../shared/bytes/bytes";
import { ByteWriter } from "../../shared/bytes/writer";
import { unescape } from "../../shared/json/unescape";
import { JsonWriter } from "../../shared/json/writer";
import { Conversation } from "../../shared/protocols/conversation";
import { Failure } from "../../shared/protocols/failure";
import { writeRenamedPath } from "../../shared/protocols/gemini/client-path";
import { OpaqueProvider } from "../../shared/protocols/opaque/provider";
import { writeWithModel } from "../../shared/protocols/opaque/request-writer";
import { Dialect, isOpaque } from "../../shared/protocols/operation";
import { ProviderProtocol, Target } from "../../shared/protocols/protocol";
import { WrappedProtocol } from "../../shared/protocols/wrapped";
import { anthropic, completions, gemini, openai, responses } from "./protocols";

const model = new ByteWriter(64);
const view = new Bytes();

/** A protocol whose requests are the client's own bytes, but for a model that is asked for by another name. Answers are read as the protocol's own. */
@final
class Original extends WrappedProtocol {
  constructor(inner: ProviderProtocol) {
    super(inner);
  }

  /** Nothing is said in other words. */
  override fits(_conversation: Conversation, _target: Target): Failure | null {
    return null;
  }

  override writePath(conversation: Conversation, _target: Target, out: ByteWriter): void {
    out.bytes(conversation.path);
  }

  override writeRequest(conversation: Conversation, target: Target, out: JsonWriter): void {
    if (target.modelChanged) writeWithModel(conversation, target, out);
    else out.bytes(conversation.source.body);
  }

  override passesUnchanged(_conversation: Conversation, target: Target): bool {
    return !target.modelChanged;
  }

  override rewriting(): ProviderProtocol {
    return new Original(this.inner.rewriting());
  }
}

const OPENAI = new Original(openai);
const ANTHROPIC = new Original(anthropic);
const GEMINI = new Original(gemini);
const RESPONSES = new Original(responses);
const COMPLETIONS = new Original(completions);
const OPAQUE = new Original(new OpaqueProvider());

/** The client's own protocol, in which its bytes go on. */
export function originalFor(conversation: Conversation): ProviderProtocol {
  if (isOpaque(conversation.operation)) return OPAQUE;
  switch (conversation.dialect) {
    case Dialect.Anthropic:
      return ANTHROPIC;
    case Dialect.Gemini:
      return GEMINI;
    case Dialect.Responses:
      return RESPONSES;
    case Dialect.Completions:
      return COMPLETIONS;
    default:
      return OPENAI;
  }
}

/** The client's path without `prefix` (empty: all of it), and with the target's model where Gemini's names one. Of its query, in which keys may stand, only what says which form is wanted. */
export function writeOriginalPath(conversation: Conversation, target: Target, path: Bytes, prefix: Bytes, out: ByteWriter): void {
  const query = path.indexOf(0x3f);
  const bare = query < 0 ? path : path.slice(0, query);
  const isBelow = !prefix.isEmpty && bare.startsWithBytes(prefix) && bare.at(prefix.length) == 0x2f;
  const rest = isBelow ? bare.slice(prefix.length) : bare;
  if (target.modelChanged && conversation.dialect == Dialect.Gemini) {
    model.clear();
    unescape(target.model, model);
    writeRenamedPath(rest, model.pointAt(view), out);
  } else out.bytes(rest);
  if (query >= 0) writePlainQuery(path.slice(query + 1), out);
}

function writePlainQuery(query: Bytes, out: ByteWriter): void {
  let mark: u8 = 0x3f;
  for (let from = 0; from < query.length;) {
    let to = query.indexOf(0x26, from);
    if (to < 0) to = query.length;
    const pair = query.slice(from, to);
    if (pair.startsWith("alt=") || pair.startsWith("$alt=") || pair.startsWith("api-version=") || pair.startsWith("beta=")) {
      out.byte(mark);
      out.bytes(pair);
      mark = 0x26;
    }
    from = to + 1;
  }
}
