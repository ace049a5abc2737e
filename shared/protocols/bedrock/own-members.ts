import { Bytes } from "../../bytes/bytes";
import { OwnMembers } from "../anthropic/others";

/** Bedrock's own members, which a client of another protocol may add to its body: they go as they are. */
export const OWN_MEMBERS: StaticArray<string> = [
  "guardrailConfig",
  "requestMetadata",
  "performanceConfig",
  "serviceTier",
  "promptVariables",
  "projectIdentifier",
];

@final
export class BedrockMembers extends OwnMembers {
  has(name: Bytes): bool {
    for (let i = 0; i < OWN_MEMBERS.length; i++) if (name.is(OWN_MEMBERS[i])) return true;
    return name.is("additionalModelRequestFields") || name.is("additionalModelResponseFieldPaths");
  }
}
