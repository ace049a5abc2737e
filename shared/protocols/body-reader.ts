import { JsonReader } from "../json/reader";
import { Seen } from "../json/seen";
import { RequestComplaint, notAnObject, notJson } from "./complaint";
import { Conversation } from "./conversation";
import { Failure } from "./failure";
import { releaseValues } from "./values";

/** Reads requests whose body is one JSON object, member by member, one request after the other; between two it keeps nothing. */
export abstract class BodyReader {
  protected readonly json: JsonReader = new JsonReader();
  /** Which known members have come. */
  protected readonly seen: Seen = new Seen();

  constructor(
    private readonly problems: RequestComplaint,
    /** What a body has to have, for people: "`model` and `messages`". */
    private readonly members: string,
  ) {}

  /** Reads `conversation.source.body`; null if it is a request. */
  read(conversation: Conversation): Failure | null {
    const failure = this.readBody(conversation);
    this.json.release();
    this.release();
    releaseValues();
    return failure;
  }

  private readBody(conversation: Conversation): Failure | null {
    const problems = this.problems;
    problems.clear();
    this.seen.clear();
    this.begin();
    const body = conversation.source.body;
    if (body.isEmpty) return Failure.field("", "the request has no body, expected a JSON object with " + this.members);
    const json = this.json.start(body);
    if (!json.enterObject()) {
      const found = json.peek();
      return json.finish() ? notAnObject(found, this.members) : notJson(json);
    }
    while (json.nextKey()) {
      this.readMember(conversation);
      if (problems.failure != null) return problems.failure;
    }
    if (!json.finish()) return notJson(json);
    this.finish(conversation);
    return problems.failure;
  }

  /** Another body is about to be read. */
  protected begin(): void {}

  /** Reads the member whose key `json` has just passed. */
  protected abstract readMember(conversation: Conversation): void;

  /** All members have been read, and the body is valid JSON: what is missing is said here. */
  protected abstract finish(conversation: Conversation): void;

  /** Lets go of the body. */
  protected release(): void {}
}
