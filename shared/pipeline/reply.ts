import { Bytes } from "../bytes/bytes";
import { HeaderBuilder } from "../host/pairs";
import { sendLocalReply } from "../host/stream";
import { JsonWriter } from "../json/writer";
import { Failure } from "../protocols/failure";
import { ClientProtocol } from "../protocols/protocol";

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

/** Sends an answer of our own to the client. */
export function sendAnswer(answer: LocalAnswer): void {
  headers.clear().setAscii("content-type", answer.contentType);
  for (let i = 0; i + 1 < answer.headers.length; i += 2) headers.add(answer.headers[i], answer.headers[i + 1]);
  sendLocalReply(answer.status, headers, answer.body, answer.details);
}

/** Sends a failure in the client's protocol. */
export function sendFailure(failure: Failure, client: ClientProtocol): void {
  headers.clear().setAscii("content-type", "application/json");
  if (!failure.retryAfter.isEmpty) headers.set("retry-after", failure.retryAfter);
  sendLocalReply(failure.status, headers, failureBody(failure, client), "sluice.refused");
}

/** An error body in the client's protocol, valid until the next one is written. */
export function failureBody(failure: Failure, client: ClientProtocol): Bytes {
  out.clear();
  client.writeFailure(failure, out);
  return out.view();
}
