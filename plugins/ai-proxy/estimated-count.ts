import { Bytes } from "../../shared/bytes/bytes";
import { JsonWriter } from "../../shared/json/writer";
import { Exchange } from "../../shared/pipeline/exchange";
import { LocalAnswer } from "../../shared/pipeline/reply";
import { Verdict } from "../../shared/pipeline/verdict";
import { AnswerEvent, EventKind } from "../../shared/protocols/answer";
import { estimateInput } from "../../shared/protocols/estimate";
import { Failure, FailureKind } from "../../shared/protocols/failure";
import { AnswerSettings } from "../../shared/protocols/protocol";

const settings = new AnswerSettings();
const out = new JsonWriter();
const event = new AnswerEvent();

/** Tells how many tokens a conversation has where its provider has no API that counts: by its bytes, and marked as what it is by the header `x-sluice-estimated`. */
export function estimateTokens(exchange: Exchange): Verdict {
  const client = exchange.client;
  if (client == null) return exchange.refuse(Failure.of(FailureKind.Internal, "The client's protocol isn't known."));
  settings.follow(exchange.conversation);
  out.clear();
  const writer = client.writer(settings, out);
  event.kind = EventKind.Usage;
  event.usage.clear();
  event.usage.input = estimateInput(exchange.conversation);
  event.usage.known = true;
  writer.on(event);
  event.kind = EventKind.End;
  writer.on(event);
  const answer = new LocalAnswer(200, writer.contentType, out.copySince(0));
  return exchange.answer(answer.with("x-sluice-estimated", Bytes.of("tokens")).detailed("ai-proxy.estimated"));
}
