import { Bytes } from "../bytes/bytes";
import { HeaderBlock, HeaderBuilder } from "../host/pairs";
import { sendLocalReply } from "../host/stream";
import { JsonWriter } from "../json/writer";
import { Failure } from "../protocols/failure";
import { ClientProtocol } from "../protocols/protocol";
import { isInternalHeader } from "./edge";

/** An answer of our own, ready to be sent. */
@final
export class LocalAnswer {
  /** Further headers: pairs of lower-case name and value. */
  headers: Array<Bytes> = [];
  /** What `response.code_details` shows: ASCII without blanks. */
  details: string = "sluice.local_answer";

  constructor(
    public status: i32,
    public contentType: string,
    public body: Bytes,
  ) {}

  with(lower: string, value: Bytes): this {
    this.headers.push(Bytes.of(lower));
    this.headers.push(value);
    return this;
  }

  detailed(details: string): this {
    this.details = details;
    return this;
  }
}

const headers = new HeaderBuilder();
const out = new JsonWriter();
const name = new Bytes();
const value = new Bytes();

/** Sends an answer of our own to the client. */
export function sendAnswer(answer: LocalAnswer): void {
  headers.clear().setAscii("content-type", answer.contentType);
  for (let i = 0; i + 1 < answer.headers.length; i += 2) headers.add(answer.headers[i], answer.headers[i + 1]);
  sendLocalReply(answer.status, headers, answer.body, answer.details);
}

/** Sends a failure in the client's protocol. */
export function sendFailure(failure: Failure, client: ClientProtocol): void {
  reply(failure, client, headers.clear(), "sluice.refused");
}

/**
 * Sends a provider's failure in place of an answer that Envoy still has to send, or whose body may never come. The client gets the headers that it would get if the bytes were replaced where they are: `answer`, as the host has them.
 */
export function replaceByFailure(failure: Failure, client: ClientProtocol, answer: HeaderBlock): void {
  headers.clear();
  for (let i = 0; i < answer.count; i++) {
    answer.name(i, name);
    if (!isReplaced(name)) headers.add(name, answer.value(i, value));
  }
  reply(failure, client, headers, "sluice.provider_failed");
}

function reply(failure: Failure, client: ClientProtocol, head: HeaderBuilder, details: string): void {
  head.setAscii("content-type", "application/json");
  if (!failure.retryAfter.isEmpty) head.set("retry-after", failure.retryAfter);
  if (failure.allowed.length > 0) head.setAscii("allow", failure.allowed);
  sendLocalReply(failure.status, head, failureBody(failure, client), details);
}

/** Sends a provider's answer that didn't come through Envoy's response. `answer`: its headers, of which those go on that say nothing about its bytes or its connection. */
export function replyWith(status: i32, answer: HeaderBlock, own: LocalAnswer, passes: bool): void {
  headers.clear();
  for (let i = 0; i < answer.count && passes; i++) {
    answer.name(i, name);
    if (!isReplaced(name) && !isInternalHeader(name)) headers.add(name, answer.value(i, value));
  }
  headers.setAscii("content-type", own.contentType);
  for (let i = 0; i + 1 < own.headers.length; i += 2) headers.add(own.headers[i], own.headers[i + 1]);
  sendLocalReply(status, headers, own.body, own.details);
}

/** Headers that the reply has of its own, or that belong to the body that it replaces, to a redirect, or to the connection that it came by. */
function isReplaced(lower: Bytes): bool {
  return (
    lower.at(0) == 0x3a ||
    lower.startsWith("content-") ||
    lower.startsWith("x-envoy-") ||
    lower.is("retry-after") ||
    lower.is("transfer-encoding") ||
    lower.is("connection") ||
    lower.is("trailer") ||
    lower.is("location") ||
    lower.is("date") ||
    lower.is("server")
  );
}

/** An error body in the client's protocol, valid until the next one is written. */
export function failureBody(failure: Failure, client: ClientProtocol): Bytes {
  out.clear();
  client.writeFailure(failure, out);
  return out.view();
}
