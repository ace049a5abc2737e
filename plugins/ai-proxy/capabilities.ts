/** `capabilities`: which of a provider's APIs are used, and where they are, in Higress's names. */
import { Bytes } from "../../shared/bytes/bytes";
import { nearest } from "../../shared/config/nearest";
import { Problems } from "../../shared/config/problems";
import { TextMap } from "../../shared/config/text-map";
import { Operation } from "../../shared/protocols/operation";
import { ProviderProtocol } from "../../shared/protocols/protocol";
import { anthropic, completions, responses } from "./protocols";
import { Vendor } from "./vendor";

/** Names of APIs, each beside its operation. */
const NAMES: StaticArray<string> = [
  "openai/v1/chatcompletions",
  "openai/v1/embeddings",
  "openai/v1/models",
  "openai/v1/imagegeneration",
  "openai/v1/imageedit",
  "openai/v1/imagevariation",
  "openai/v1/audiospeech",
  "openai/v1/audiotranscription",
  "openai/v1/audiotranslation",
  "openai/v1/moderations",
  "cohere/v1/rerank",
  "openai/v1/files",
  "openai/v1/batches",
  "openai/v1/fine-tuningjobs",
  "anthropic/v1/messages",
  "openai/v1/responses",
  "openai/v1/completions",
];
const OPERATIONS: StaticArray<Operation> = [
  Operation.Chat,
  Operation.Embeddings,
  Operation.Models,
  Operation.ImageGenerations,
  Operation.ImageEdits,
  Operation.ImageVariations,
  Operation.Speech,
  Operation.Transcriptions,
  Operation.Translations,
  Operation.Moderations,
  Operation.Rerank,
  Operation.Files,
  Operation.Batches,
  Operation.FineTuning,
];
/** Behind them the names of protocols. */
const PROTOCOLS: StaticArray<ProviderProtocol> = [anthropic, responses, completions];

/** Puts what the configuration says of APIs over the vendor's row: a path, or nothing, where the API isn't used. `at` is the map's place, for messages. */
export function applyCapabilities(vendor: Vendor, capabilities: TextMap, at: string, problems: Problems): void {
  for (let i = 0; i < capabilities.length && !problems.refused; i++) {
    const name = capabilities.names[i];
    const path = capabilities.values[i];
    const index = indexOf(name);
    if (index < 0) {
      const meant = nearest(name, NAMES);
      const hint = meant.length > 0 ? `; did you mean "${meant}"?` : "";
      problems.refuse(at, `found the API "${name.toString()}", expected one of ${NAMES.join(", ")}${hint}`);
    } else if (!path.isEmpty && path.at(0) != 0x2f) {
      problems.refuse(
        `${at}.${name.toString()}`,
        "found a text that is no path, expected one that starts with /, or nothing to switch the API off",
      );
    } else if (index >= OPERATIONS.length) vendor.speak(PROTOCOLS[index - OPERATIONS.length], path);
    else vendor.move(OPERATIONS[index], path);
  }
}

function indexOf(name: Bytes): i32 {
  for (let i = 0; i < NAMES.length; i++) if (name.is(NAMES[i])) return i;
  return -1;
}
