/** What a provider at a cloud lacks, and the module would refuse only once it runs. */

type Settings = Readonly<Record<string, unknown>>;

/** What is wrong, each in words that go on with the provider's name. */
export function cloudProblems(type: string, keys: readonly string[], settings: Settings): string[] {
  if (type === "vertex") return vertexProblems(keys, settings);
  return type === "bedrock" ? bedrockProblems(keys, settings) : [];
}

function vertexProblems(keys: readonly string[], settings: Settings): string[] {
  if (settings["vertexAuthKey"] !== undefined)
    return settings["vertexRegion"] === undefined ? ["vertex with a service account needs settings: { vertexRegion: … }"] : [];
  if (keys.length > 0) return [];
  const example = "settings: { vertexRegion: us-east5, vertexAuthKey: env:GOOGLE_SERVICE_ACCOUNT }";
  return [`vertex needs a service account, such as ${example}, or keys for express mode`];
}

function bedrockProblems(keys: readonly string[], settings: Settings): string[] {
  const problems: string[] = [];
  if (settings["awsRegion"] === undefined) problems.push("bedrock needs settings: { awsRegion: us-east-1 }, or the region that you use");
  if (keys.length > 0 || ["awsAccessKey", "awsSecretKey"].every((needed) => settings[needed] !== undefined)) return problems;
  const example = "settings: { awsAccessKey: env:AWS_ACCESS_KEY_ID, awsSecretKey: env:AWS_SECRET_ACCESS_KEY }";
  return [...problems, `bedrock needs keys, such as keys: [env:AWS_BEARER_TOKEN_BEDROCK], or ${example}`];
}
