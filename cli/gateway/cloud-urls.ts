/** Addresses that hang on settings: the clouds' regional endpoints, as the module names them in :authority. */

type Settings = Readonly<Record<string, unknown>>;

/** The endpoint that a provider's settings name; undefined for a type whose address they don't change, and where they don't name any. */
export function cloudUrl(type: string, settings: Settings): string | undefined {
  if (type === "vertex") return vertexUrl(settings);
  return type === "bedrock" ? bedrockUrl(settings) : undefined;
}

/** https://cloud.google.com/vertex-ai/docs/reference/rest#service-endpoint; as plugins/ai-proxy/vertex.ts has it. */
function vertexUrl(settings: Settings): string {
  const region = settings["vertexRegion"];
  if (typeof region !== "string" || region === "global" || settings["vertexAuthKey"] === undefined)
    return "https://aiplatform.googleapis.com";
  return region === "us" || region === "eu"
    ? `https://aiplatform.${region}.rep.googleapis.com`
    : `https://${region}-aiplatform.googleapis.com`;
}

/** https://docs.aws.amazon.com/general/latest/gr/bedrock.html; as plugins/ai-proxy/bedrock.ts has it. */
function bedrockUrl(settings: Settings): string | undefined {
  const region = settings["awsRegion"];
  if (typeof region !== "string" || !/^[a-z0-9-]+$/.test(region)) return undefined;
  return `https://bedrock-runtime.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}
