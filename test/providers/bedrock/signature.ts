/** Checks a signature of AWS Signature Version 4, by Node's crypto: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
import { createHash, createHmac } from "node:crypto";
import type { ErrorScript } from "../behaviour.ts";
import type { ReceivedRequest } from "../recording.ts";

export interface AwsCredential {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly sessionToken: string | undefined;
}

/** A credential as a key of a server: `ACCESS:SECRET` or `ACCESS:SECRET:SESSION`; undefined for an API key. */
export function credentialOf(key: string): AwsCredential | undefined {
  const [accessKey, secretKey, sessionToken] = key.split(":");
  return secretKey === undefined ? undefined : { accessKey: accessKey!, secretKey, sessionToken };
}

/** Why the service refuses a signed request, in its words; undefined if it doesn't. */
export function checkSignature(request: ReceivedRequest, credentials: readonly AwsCredential[], now = Date.now()): ErrorScript | undefined {
  const refuse = (type: string, message: string): ErrorScript => ({ status: 403, type, message });
  const given =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? "",
    );
  if (!given) return refuse("IncompleteSignatureException", "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature'.");
  const [, accessKey, day, region, service, names, signature] = given as unknown as string[];
  const credential = credentials.find((known) => known.accessKey === accessKey);
  if (!credential) return refuse("UnrecognizedClientException", "The security token included in the request is invalid.");
  const date = request.headers["x-amz-date"] ?? "";
  const time = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (Number.isNaN(time) || !date.startsWith(day!))
    return refuse("IncompleteSignatureException", "Date must be in ISO-8601 'basic format'.");
  if (Math.abs(now - time) > 5 * 60_000) return refuse("InvalidSignatureException", `Signature expired: ${date} is now earlier than now`);
  if (service !== "bedrock") return refuse("InvalidSignatureException", `Credential should be scoped to correct service: 'bedrock'.`);
  const signed = names!.split(";");
  for (const needed of ["host", "x-amz-date", ...(credential.sessionToken === undefined ? [] : ["x-amz-security-token"])])
    if (!signed.includes(needed)) return refuse("InvalidSignatureException", `'${needed}' must be a signed header.`);
  const unsigned = Object.keys(request.headers).find((name) => name.startsWith("x-amz-") && !signed.includes(name));
  if (unsigned !== undefined) return refuse("InvalidSignatureException", `'${unsigned}' must be a signed header.`);
  if (request.headers["x-amz-security-token"] !== credential.sessionToken)
    return refuse("UnrecognizedClientException", "The security token included in the request is invalid.");
  if (signatureOf(request, credential, { day: day!, region: region!, service, signed }) !== signature)
    return refuse(
      "InvalidSignatureException",
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    );
  return undefined;
}

interface Scope {
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly signed: readonly string[];
}

function signatureOf(request: ReceivedRequest, { secretKey }: AwsCredential, { day, region, service, signed }: Scope): string {
  const [path = "", query = ""] = request.target.split("?");
  const canonical = [
    request.method,
    path
      .split("/")
      .map((segment) => encodeURIComponent(segment).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`))
      .join("/"),
    query,
    ...signed.map((name) => `${name}:${headerOf(request, name).trim().replace(/ +/g, " ")}`),
    "",
    signed.join(";"),
    createHash("sha256").update(request.body).digest("hex"),
  ].join("\n");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, createHash("sha256").update(canonical).digest("hex")].join("\n");
  const hmac = (key: Buffer | string, data: string): Buffer => createHmac("sha256", key).update(data).digest();
  const key = [day, region, service, "aws4_request"].reduce<Buffer | string>((key, part) => hmac(key, part), `AWS4${secretKey}`);
  return hmac(key as Buffer, text).toString("hex");
}

/** Under HTTP/2 the host is a pseudo-header. */
function headerOf(request: ReceivedRequest, name: string): string {
  return request.headers[name] ?? (name === "host" ? (request.headers[":authority"] ?? "") : "");
}
