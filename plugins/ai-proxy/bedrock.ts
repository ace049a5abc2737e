/** What is AWS's own about a provider of type `bedrock`: its host, its credential, and what its entry says about requests. */
import { Bytes } from "../../shared/bytes/bytes";
import { Problems } from "../../shared/config/problems";
import { payloadHash } from "../../shared/crypto/signature";
import { SigV4 } from "../../shared/crypto/sigv4";
import { requestHeaders } from "../../shared/host/headers";
import { HeaderBuilder } from "../../shared/host/pairs";
import { nowNanoseconds } from "../../shared/host/time";
import { OutgoingRequest } from "../../shared/pipeline/provider";
import { BedrockOptions, CacheRetention } from "../../shared/protocols/bedrock/options";
import { providerOwner, secretOf } from "../../shared/secrets/secret";
import { ProviderFields, ProviderType } from "./config.generated";
import { RequestSigner } from "./signer";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html */
const SHORTEST_ID = 16;
const NANOSECONDS: u64 = 1_000_000_000;

/** Signs requests to Bedrock with an AWS access key: https://docs.aws.amazon.com/bedrock/latest/APIReference/welcome.html */
@final
export class AwsSigner extends RequestSigner {
  private signer: SigV4;

  constructor(
    accessKey: Bytes,
    secretKey: Bytes,
    private sessionToken: Bytes,
    region: Bytes,
  ) {
    super();
    this.signer = new SigV4(accessKey, secretKey, sessionToken, region, Bytes.of("bedrock"));
    this.secrets.push(secretKey);
    if (!sessionToken.isEmpty) this.secrets.push(sessionToken);
  }

  override writeHeaders(request: OutgoingRequest, head: HeaderBuilder): void {
    const signer = this.signer.begin(nowNanoseconds() / NANOSECONDS).header("host", request.authority);
    head.set("x-amz-date", signer.date);
    if (!this.sessionToken.isEmpty) head.set("x-amz-security-token", this.sessionToken);
    head.set("authorization", signer.authorization(request.method, request.path, payloadHash(request.body)));
  }

  override removeCredential(): void {
    super.removeCredential();
    if (!this.sessionToken.isEmpty) requestHeaders.remove("x-amz-security-token");
  }
}

/** Checks what only type `bedrock` has, and names its host. False: the configuration is refused. */
export function bedrockIsComplete(fields: ProviderFields, path: string, problems: Problems): bool {
  if (fields.type != ProviderType.Bedrock) return true;
  if (!isRegion(fields.awsRegion)) {
    const found = fields.awsRegion.isEmpty ? "nothing" : `"${fields.awsRegion.toString()}"`;
    problems.refuse(path + ".awsRegion", `found ${found}, expected the name of a region, such as us-east-1`);
    return false;
  }
  const retention = fields.promptCacheRetention;
  if (!retention.isEmpty && !retention.is("in_memory") && !retention.is("24h")) {
    problems.refuse(path + ".promptCacheRetention", `found "${retention.toString()}", expected in_memory or 24h`);
    return false;
  }
  if (fields.apiTokens.length == 0 && fields.awsAccessKey.isEmpty && fields.awsSecretKey.isEmpty) {
    problems.refuse(path + ".apiTokens", "found nothing, expected a Bedrock API key, or awsAccessKey and awsSecretKey");
    return false;
  }
  if (fields.providerDomain.isEmpty) fields.providerDomain = bedrockHost(fields.awsRegion);
  return true;
}

/** Who signs this provider's requests; null: nobody, its API keys are sent. `problems` says what is wrong with the credential, never its value. */
export function signerOf(fields: ProviderFields, path: string, problems: Problems): AwsSigner | null {
  if (fields.type != ProviderType.Bedrock || fields.apiTokens.length > 0) return null;
  const owner = providerOwner(fields.id);
  const accessKey = secretOf(fields.awsAccessKey, owner, path + ".awsAccessKey", problems);
  if (accessKey == null) return null;
  const secretKey = secretOf(fields.awsSecretKey, owner, path + ".awsSecretKey", problems);
  if (secretKey == null) return null;
  const token = secretOf(fields.awsSessionToken, owner, path + ".awsSessionToken", problems);
  if (token == null) return null;
  if (accessKey.length < SHORTEST_ID || !hasOnly(accessKey, false)) {
    problems.refuse(path + ".awsAccessKey", "found something else, expected the id of an access key: 16 letters and digits or more");
    return null;
  }
  if (secretKey.length < SHORTEST_ID || !hasOnly(secretKey, true)) {
    problems.refuse(path + ".awsSecretKey", "found something else, expected the secret of an access key: letters, digits, + / and =");
    return null;
  }
  if (!hasOnly(token, true)) {
    problems.refuse(path + ".awsSessionToken", "found something else, expected a session token: letters, digits, + / and =");
    return null;
  }
  return new AwsSigner(accessKey, secretKey, token, fields.awsRegion);
}

/** https://docs.aws.amazon.com/general/latest/gr/bedrock.html: FIPS and dual-stack endpoints are named by `providerDomain`. */
function bedrockHost(region: Bytes): Bytes {
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return Bytes.of(`bedrock-runtime.${region.toString()}.${suffix}`);
}

export function bedrockOptions(fields: ProviderFields): BedrockOptions {
  const options = new BedrockOptions();
  options.additionalFields = fields.bedrockAdditionalFields;
  const positions = fields.bedrockPromptCachePointPositions;
  if (positions != null) {
    options.cachesSystem = positions.systemPrompt;
    options.cachesLastUserMessage = positions.lastUserMessage;
    options.cachesLastMessage = positions.lastMessage;
  }
  if (fields.promptCacheRetention.is("24h")) options.retention = CacheRetention.Long;
  else if (!fields.promptCacheRetention.isEmpty) options.retention = CacheRetention.Short;
  return options;
}

function isRegion(region: Bytes): bool {
  if (region.isEmpty || region.length > 32) return false;
  for (let i = 0; i < region.length; i++) {
    const byte = region.at(i);
    if (!(<u32>byte - 0x61 < 26 || <u32>byte - 0x30 < 10 || byte == 0x2d)) return false;
  }
  return region.indexOf(0x2d) > 0;
}

function hasOnly(text: Bytes, base64: bool): bool {
  for (let i = 0; i < text.length; i++) {
    const byte = text.at(i);
    const isWord = <u32>(byte | 0x20) - 0x61 < 26 || <u32>byte - 0x30 < 10;
    if (!isWord && !(base64 && (byte == 0x2b || byte == 0x2f || byte == 0x3d))) return false;
  }
  return true;
}
