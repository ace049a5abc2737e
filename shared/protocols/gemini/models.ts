/** What differs between Gemini's models in ways that a request must know. The table and its sources are in README.md. */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { unescape } from "../../json/unescape";

/** How a model is told how much to think: https://ai.google.dev/gemini-api/docs/thinking */
export enum Thinking {
  /** It doesn't think, and refuses `thinkingConfig`. */
  Never,
  /** `thinkingBudget`, in tokens (Gemini 2.5). */
  Budget,
  /** `thinkingLevel` (Gemini 3 and newer). */
  Level,
}

@final
export class Model {
  constructor(
    readonly prefix: string,
    readonly thinking: Thinking,
    /** By budget: whether 0 (no thinking) is taken. By level: whether `MINIMAL` is. */
    readonly takesLeast: bool = false,
    /** By level: whether `MEDIUM` is taken. */
    readonly takesMedium: bool = true,
    /** By budget: the most tokens. */
    readonly mostTokens: i32 = 0,
  ) {}

  /** Calls in a request carry thought signatures (https://ai.google.dev/gemini-api/docs/thought-signatures), and function responses may hold media. */
  get isGemini3(): bool {
    return this.thinking == Thinking.Level;
  }

  /** Function calling may be held to the schemas without being forced: https://ai.google.dev/gemini-api/docs/function-calling#function_calling_modes */
  get takesValidated(): bool {
    return this.thinking != Thinking.Never;
  }

  /** The row for a model's name (the content of a JSON string), whatever resource it is prefixed with. A name that no row knows is taken for a new model. */
  static of(escapedName: Bytes): Model {
    NAME.clear();
    unescape(escapedName, NAME);
    const name = NAME.view();
    let base = name;
    for (let slash = name.indexOf(0x2f); slash >= 0; slash = base.indexOf(0x2f)) base = base.slice(slash + 1);
    if (base.startsWith("gemini-2.5") && (base.contains("-image") || base.contains("-tts"))) return WITHOUT_THOUGHT;
    for (let i = 0; i < MODELS.length; i++) if (base.startsWith(MODELS[i].prefix)) return MODELS[i];
    return NEWEST;
  }
}

const NAME = new ByteWriter(64);
const WITHOUT_THOUGHT = new Model("", Thinking.Never);
const NEWEST = new Model("", Thinking.Level);

/** Longer prefixes stand before those that they begin with. */
const MODELS: StaticArray<Model> = [
  new Model("gemini-2.5-pro", Thinking.Budget, false, true, 32768),
  new Model("gemini-2.5-flash", Thinking.Budget, true, true, 24576),
  new Model("gemini-3-pro", Thinking.Level, false, false),
  new Model("gemini-3-flash", Thinking.Level, true),
  new Model("gemini-3.1-flash-lite", Thinking.Level, true),
  new Model("gemini-3.5-flash-lite", Thinking.Level, true),
  new Model("gemini-2.0", Thinking.Never),
  new Model("gemini-1", Thinking.Never),
  new Model("gemma-3", Thinking.Never),
  new Model("learnlm", Thinking.Never),
];
