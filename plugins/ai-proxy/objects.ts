/** Files, batches and fine-tuning jobs behind one vendor key: each is its maker's, for everybody else it isn't there. */
import { Bytes } from "../../shared/bytes/bytes";
import { MultipartReader } from "../../shared/http/multipart";
import { OwnedObject } from "../../shared/pipeline/owners";
import { OwnersQuestion, noteOwner, ownersOf } from "../../shared/pipeline/redis-owners";
import { Exchange } from "../../shared/pipeline/exchange";
import { mayUse } from "../../shared/pipeline/routing";
import { Failure, FailureKind } from "../../shared/protocols/failure";
import { Message } from "../../shared/protocols/message";
import { BatchLine } from "../../shared/protocols/objects/batch-line";
import { Ownership } from "../../shared/protocols/objects/ownership";
import { ObjectAction, ObjectPath } from "../../shared/protocols/objects/path";
import { References } from "../../shared/protocols/objects/references";
import { isForm, notAForm } from "../../shared/protocols/opaque/request-reader";
import { Conversation, Choice } from "../../shared/protocols/conversation";
import { Dialect, Operation, isOpaque, isStateful } from "../../shared/protocols/operation";

const references = new References();
const line = new BatchLine();
const form = new MultipartReader();

/** What one caller has, as far as a request is about it. */
@final
export class CallersObjects extends Ownership {
  /** A file whose lines have been read. */
  isChecked: bool = false;

  constructor(
    path: ObjectPath,
    private exchange: Exchange,
    private consumer: Bytes,
  ) {
    super(path);
  }

  override owns(id: Bytes): bool {
    const object = ownersOf(this.exchange).find(this.consumer, id);
    const asked = this.exchange.asking;
    return object != null && asked != null && object.provider.equals(asked.provider.id);
  }

  override made(id: Bytes): void {
    noteOwner(this.exchange, id, this.isChecked);
  }

  override gone(): void {
    ownersOf(this.exchange).remove(this.consumer, this.path.id);
  }
}

/** Whether the provider keeps the answer, if it can: Responses unless told not to, chat completions if told to (https://platform.openai.com/docs/api-reference/responses/create#responses-create-store, …/chat/create#chat-create-store). */
export function storesAnswer(conversation: Conversation): bool {
  if (conversation.operation != Operation.Chat) return false;
  if (conversation.dialect == Dialect.Responses) return conversation.store != Choice.No;
  return conversation.dialect == Dialect.OpenAI && conversation.source.is(conversation.other("store"), "true");
}

/** Asks Redis, where there is one, for whatever `settleObjects` will have to know. False: its answer has to be waited for, and this is to be asked again. Ids that nobody is asked for are nobody's. */
export function ownersAreKnown(exchange: Exchange): bool {
  const asked = exchange.owners;
  if (asked != null) return asked.isAnswered;
  const redis = exchange.redis;
  const consumer = exchange.consumer;
  const operation = exchange.conversation.operation;
  if (redis == null || consumer == null) return true;
  const ids: Array<Bytes> = [];
  let isList = false;
  if (isStateful(operation)) {
    const path = ObjectPath.of(exchange.method, exchange.path, operation);
    if (path == null) return true;
    isList = path.action == ObjectAction.List;
    const after = path.parameter("after");
    if (!path.id.isEmpty) ids.push(path.id);
    if (isList && !after.isEmpty) ids.push(after);
    if (path.action == ObjectAction.Create) collectNamed(exchange, ids);
  } else if (namesObjects(operation)) {
    collectNamed(exchange, ids);
    if (ids.length == 0 && !exchange.keepsAnswer) return true;
  } else return true;
  const question = new OwnersQuestion(exchange, ids, isList);
  exchange.owners = question;
  question.ask(redis, consumer, operation == Operation.StoredChats);
  return false;
}

/** Adds what a body names, the lines of a file included. */
function collectNamed(exchange: Exchange, ids: Array<Bytes>): void {
  const conversation = exchange.conversation;
  references.clear();
  if (!isForm(conversation.contentType)) references.read(conversation.source.body);
  else if (conversation.operation == Operation.Files) {
    form.start(conversation.source.body, conversation.contentType);
    while (form.next()) if (form.name.is("file")) collectFromLines(form.value);
    form.release();
  }
  for (let i = 0; i < references.ids.length; i++) ids.push(references.ids[i]);
}

function collectFromLines(content: Bytes): void {
  for (let from = 0; from < content.length;) {
    const feed = content.indexOf(0x0a, from);
    const end = feed < 0 ? content.length : feed;
    if (end > from && content.at(from) == 0x7b) references.read(content.slice(from, end));
    from = end + 1;
  }
}

/** Redis couldn't be asked: nobody is given what may be another's. */
function ownersAreLost(exchange: Exchange): Failure | null {
  const asked = exchange.owners;
  if (asked == null || !asked.isLost) return null;
  const failure = Failure.of(
    FailureKind.Overloaded,
    "The gateway can't find out whose the objects of this request are: its store can't be reached. Try again later.",
  );
  failure.status = 503;
  return failure;
}

/**
 * Finds out whose the objects are that a request is about, or names, and notes which provider and key have them. Not null: it is refused. To be called once the caller is known and the body is read.
 */
export function settleObjects(exchange: Exchange): Failure | null {
  const conversation = exchange.conversation;
  const operation = conversation.operation;
  const consumer = exchange.consumer;
  const lost = ownersAreLost(exchange);
  if (lost != null) return lost;
  if (!isStateful(operation)) return namesObjects(operation) ? namedInBody(exchange, consumer) : null;
  const path = ObjectPath.of(exchange.method, exchange.path, operation);
  if (path == null) return noSuchObjectPath();
  if (consumer == null) {
    return Failure.of(FailureKind.Permission, "Objects are kept for named callers, and this one has no name. Ask with a consumer's key.");
  }
  const objects = new CallersObjects(path, exchange, consumer);
  // What has no owner of its own passes as it comes.
  if (path.action != ObjectAction.Part) conversation.ownership = objects;
  if (path.action == ObjectAction.List) return settleList(objects, exchange, consumer);
  if (!path.id.isEmpty) {
    const object = ownersOf(exchange).find(consumer, path.id);
    if (object == null || !keep(object, exchange)) return notFound(path.id, operation, "");
  }
  if (path.action != ObjectAction.Create) {
    const isChange = path.action == ObjectAction.Change;
    if (!objects.path.parameter("stream").isEmpty && !objects.path.parameter("stream").is("false"))
      return Failure.field("stream", "What is kept is not streamed here. Ask without `stream`.");
    return conversation.source.body.isEmpty || isChange ? null : Failure.field("", "The request has a body, which this path doesn't take.");
  }
  if (operation == Operation.Files) return checkUpload(objects, exchange, consumer);
  const failure = namedInBody(exchange, consumer);
  if (failure != null || operation != Operation.Batches) return failure;
  return checkInputs(exchange, consumer);
}

/** Whether a request may name files and the like: conversations, and pictures to be edited. */
function namesObjects(operation: Operation): bool {
  return operation == Operation.Chat || operation == Operation.CountTokens || isOpaque(operation);
}

/** A page is asked for as large as it may be, since what is others' is taken out of it. */
function settleList(objects: CallersObjects, exchange: Exchange, consumer: Bytes): Failure | null {
  const after = objects.path.parameter("after");
  if (!after.isEmpty) {
    const object = ownersOf(exchange).find(consumer, after);
    if (object == null || !keep(object, exchange)) return notFound(after, exchange.conversation.operation, "after");
  }
  const most = largestPage(exchange.conversation.operation);
  const asked = numberIn(objects.path.parameter("limit"));
  objects.limit = asked > 0 ? min(asked, most) : exchange.conversation.operation == Operation.Files ? most : 20;
  return null;
}

/** How many elements a page may have: https://platform.openai.com/docs/api-reference/files/list#files-list-limit, and so on. */
export function largestPage(operation: Operation): i32 {
  return operation == Operation.Files ? 10_000 : 100;
}

function numberIn(digits: Bytes): i32 {
  let number = 0;
  for (let i = 0; i < digits.length && i < 6; i++) {
    const digit = <i32>digits.at(i) - 0x30;
    if (<u32>digit > 9) return 0;
    number = number * 10 + digit;
  }
  return number;
}

/** Notes where an object is. False: another one that this request is about is elsewhere. */
function keep(object: OwnedObject, exchange: Exchange): bool {
  const keeper = exchange.keeper;
  if (keeper == null) {
    exchange.keeper = object.provider.copy();
    exchange.keeperKey = object.key;
    return true;
  }
  return keeper.equals(object.provider) && exchange.keeperKey == object.key;
}

/** Each id that a JSON body names has to be the caller's. */
function namedInBody(exchange: Exchange, consumer: Bytes | null): Failure | null {
  if (isForm(exchange.conversation.contentType)) return null;
  references.clear();
  references.read(exchange.conversation.source.body);
  return checkNamed(exchange, consumer);
}

/**
 * Where nothing is kept for callers, vendors keep answers, files and stores all the same, for the key. So whoever is one of several callers may name none. A gateway that tells no callers apart has but one.
 */
export function refuseNamed(exchange: Exchange): Failure | null {
  if (exchange.consumer == null) return null;
  const conversation = exchange.conversation;
  references.clear();
  if (conversation.operation == Operation.Chat || conversation.operation == Operation.CountTokens)
    references.readConversation(conversation);
  else if (isOpaque(conversation.operation) && !isForm(conversation.contentType)) references.read(conversation.source.body);
  if (references.ids.length == 0) return null;
  const failure = new Message()
    .say("`")
    .say(references.fields[0])
    .say('` names "')
    .quoteBytes(references.ids[0])
    .say(
      "\", which the provider keeps for its key, and all callers share that, so it may be another's. Send the whole conversation instead, with what files hold; or set `stateful: true` on the provider in gateway.yaml (`statefulEndpoints` in ai-proxy), and callers may name what they made; or list it in `shared_objects` (`sharedObjects`), and everybody may name it.",
    )
    .failure(FailureKind.Permission);
  failure.param = references.fields[0];
  return failure;
}

/** Ids that everybody may name, in what is asked of this file next. */
export function shareObjects(ids: Array<Bytes>): void {
  references.shared = ids;
}

function checkNamed(exchange: Exchange, consumer: Bytes | null): Failure | null {
  if (references.areTooMany) return Failure.field("", "The request names more than 1000 objects. Name fewer.");
  for (let i = 0; i < references.ids.length; i++) {
    const id = references.ids[i];
    let object: OwnedObject | null = null;
    if (consumer != null) object = ownersOf(exchange).find(consumer, id);
    if (object == null) return notFound(id, Operation.Files, "");
    if (!keep(object, exchange)) {
      return new Message()
        .say('"')
        .quoteBytes(id)
        .say('" was made at another provider, or with another of its keys, than what else this request names. Name objects of one.')
        .failure(FailureKind.InvalidRequest);
    }
  }
  return null;
}

/** A batch runs what its file says: so its lines must have been read. */
function checkInputs(exchange: Exchange, consumer: Bytes): Failure | null {
  for (let i = 0; i < references.ids.length; i++) {
    const object = ownersOf(exchange).find(consumer, references.ids[i]);
    if (object == null || !object.isChecked)
      return Failure.field(
        "input_file_id",
        "The file was not uploaded with the purpose `batch`, so its lines have not been checked. Upload it so.",
      );
  }
  return null;
}

/** Of a batch's input each line is read: who may not use a model may not use it in a batch. */
function checkUpload(objects: CallersObjects, exchange: Exchange, consumer: Bytes): Failure | null {
  const conversation = exchange.conversation;
  if (!isForm(conversation.contentType))
    return Failure.field("", "The request has no form. Send multipart/form-data with `purpose` and `file`.");
  form.start(conversation.source.body, conversation.contentType);
  let purposes = 0;
  let files = 0;
  let isBatch = false;
  const content = new Bytes();
  while (form.next()) {
    if (form.name.is("purpose")) {
      purposes++;
      isBatch = form.value.is("batch");
      // Another spelling, which some vendor may take for it.
      if (form.isFile || (!isBatch && containsBatch(form.value))) purposes = 2;
    } else if (form.name.is("file")) {
      files++;
      content.set(form.value.buffer, form.value.start, form.value.length);
    }
  }
  const failure = form.failed ? notAForm(form) : null;
  form.release();
  if (failure != null) return failure;
  if (purposes != 1) return Failure.field("purpose", "The form has to name one `purpose`, as a word.");
  if (files != 1) return Failure.field("file", "The form has to have one `file`.");
  objects.isChecked = isBatch;
  return isBatch ? checkLines(content, exchange, consumer) : null;
}

function containsBatch(value: Bytes): bool {
  return value.toLowerCase().contains("batch") && !value.is("batch_output");
}

function checkLines(content: Bytes, exchange: Exchange, consumer: Bytes): Failure | null {
  let number = 0;
  for (let from = 0; from < content.length;) {
    number++;
    const feed = content.indexOf(0x0a, from);
    const end = feed < 0 ? content.length : feed;
    const text = content.slice(from, end > from && content.at(end - 1) == 0x0d ? end - 1 : end);
    from = end + 1;
    if (text.isEmpty) continue;
    const problem = line.read(text);
    if (problem.length > 0) return atLine(number, Bytes.of(problem), FailureKind.InvalidRequest);
    const refused = mayUse(exchange, line.model);
    if (refused != null) return atLine(number, refused.message, refused.kind).withCode("model_not_found");
    references.clear();
    references.read(line.body);
    const unowned = checkNamed(exchange, consumer);
    if (unowned != null) return atLine(number, unowned.message, unowned.kind);
  }
  return null;
}

function atLine(number: i32, words: Bytes, kind: FailureKind): Failure {
  const failure = new Message().say("Line ").number(number).say(" of the file: ").text(words).failure(kind);
  failure.param = "file";
  return failure;
}

/** In OpenAI's own words, the same whether it never was or is another's. */
function notFound(id: Bytes, operation: Operation, param: string): Failure {
  const message = new Message();
  if (operation == Operation.StoredResponses) message.say("Response with id '").quoteBytes(id).say("' not found.");
  else if (operation == Operation.StoredChats) message.say("Chat completion with id '").quoteBytes(id).say("' not found.");
  else if (operation == Operation.Batches) message.say("No batch found with id '").quoteBytes(id).say("'.");
  else if (operation == Operation.FineTuning) message.say("Could not find fine tune: ").quoteBytes(id);
  else message.say("No such File object: ").quoteBytes(id);
  const failure = message.failure(FailureKind.NotFound);
  failure.param = param.length > 0 ? param : operation == Operation.FineTuning ? "fine_tune_id" : operation == Operation.Files ? "id" : "";
  return operation == Operation.FineTuning ? failure.withCode("fine_tune_not_found") : failure;
}

export function noSuchObjectPath(): Failure {
  return Failure.of(FailureKind.NotFound, "Nothing is served at this path by this method. See docs/endpoints.md for what is.");
}
