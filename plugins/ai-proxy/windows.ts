/** Models' windows, where the configuration says how long they are. */
import { Bytes } from "../../shared/bytes/bytes";
import { numberIn } from "../../shared/bytes/digits";
import { Problems } from "../../shared/config/problems";
import { TextMap } from "../../shared/config/text-map";
import { Exchange } from "../../shared/pipeline/exchange";
import { Provider } from "../../shared/pipeline/provider";
import { Failure, FailureKind } from "../../shared/protocols/failure";
import { askedTokens, leastTokens } from "../../shared/protocols/least-tokens";
import { Operation } from "../../shared/protocols/operation";
import { ModelMapping } from "./model-mapping";

/** A billion tokens and more are refused: they couldn't be added up. */
const MOST_DIGITS = 9;

/** By the provider's names of its models, with the patterns of `modelMapping`. */
@final
export class ContextWindows {
  private windows: ModelMapping;

  constructor(configured: TextMap, path: string, problems: Problems) {
    const values = configured.values;
    for (let i = 0; i < values.length; i++)
      if (numberIn(values[i], MOST_DIGITS) == 0)
        problems.refuse(
          `${path}.${configured.names[i].toString()}`,
          `found "${values[i].toString()}", expected a number of tokens from 1 to 999999999, in quotes`,
        );
    this.windows = new ModelMapping(configured, path, problems);
  }

  /** Tokens of a model's window; 0: nobody says. */
  of(model: Bytes): u64 {
    const window = this.windows.of(model);
    return window == null ? 0 : numberIn(window, MOST_DIGITS);
  }
}

/** Why a prompt can't fit into the window (0: unknown) of a provider's model (escaped); null: it may. */
export function tooLongFor(window: u64, exchange: Exchange, provider: Provider, model: Bytes): Failure | null {
  const conversation = exchange.conversation;
  if (window == 0 || conversation.operation != Operation.Chat) return null;
  const asked = askedTokens(conversation);
  const room = asked < window ? window - asked : 0;
  const least = leastTokens(conversation, room);
  if (least <= room && asked <= window) return null;
  const answer = asked > 0 ? ` and ${asked} more are asked for as the answer` : "";
  return Failure.of(
    FailureKind.ContextLength,
    `The prompt is too long for the context window of ${window} tokens of "${model.toString()}" at provider "${provider.id.toString()}": it has ${least} or more${answer}. Send a shorter one, or ask for a model with a longer window.`,
  );
}
