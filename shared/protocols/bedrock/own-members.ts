/** Bedrock's own members, which a client of another protocol may add to its body: they go as they are. */
export const OWN_MEMBERS: StaticArray<string> = [
  "guardrailConfig",
  "requestMetadata",
  "performanceConfig",
  "serviceTier",
  "promptVariables",
  "projectIdentifier",
];

/** Those, and the ones that the gateway has its own words for. */
export const KNOWN_MEMBERS: StaticArray<string> = [
  "guardrailConfig",
  "requestMetadata",
  "performanceConfig",
  "serviceTier",
  "promptVariables",
  "projectIdentifier",
  "additionalModelRequestFields",
  "additionalModelResponseFieldPaths",
];
