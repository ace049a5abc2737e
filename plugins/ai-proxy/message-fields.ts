/** Fields that change what is said in a conversation, and where they can't. */
import { EMPTY } from "../../shared/bytes/bytes";
import { Problems } from "../../shared/config/problems";
import { Dialect } from "../../shared/protocols/operation";
import { ProviderFields, ProviderProtocol, ProviderType } from "./config.generated";
import { completions, responses } from "./protocols";
import { Vendor } from "./vendor";

/** The first of them that is set; empty: none is. */
function messageField(fields: ProviderFields): string {
  if (fields.contextCleanupCommands.length > 0) return "contextCleanupCommands";
  if (fields.mergeConsecutiveMessages) return "mergeConsecutiveMessages";
  if (fields.hiclawMode) return "hiclawMode";
  if (fields.context != null) return "context";
  return fields.type == ProviderType.Moonshot && !fields.moonshotFileId.isEmpty ? "moonshotFileId" : "";
}

/** Lets clients of protocols whose messages can't be changed in their own form be translated, where there is a form that can. */
export function applyMessageFields(fields: ProviderFields, vendor: Vendor, path: string, problems: Problems): void {
  const field = messageField(fields);
  if (field.length == 0) return;
  if (fields.protocol == ProviderProtocol.Original || fields.type == ProviderType.Generic)
    return problems.refuse(
      `${path}.${field}`,
      "found a value, expected none where bodies go on as they are (protocol original, type generic)",
    );
  if (vendor.dialect == Dialect.Responses || vendor.dialect == Dialect.Completions)
    return problems.refuse(`${path}.${field}`, "found a value, expected none for a server of Responses or Completions alone");
  vendor.speak(responses, EMPTY);
  vendor.speak(completions, EMPTY);
}
