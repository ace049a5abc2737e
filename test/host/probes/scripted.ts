/**
 * A filter that logs every callback it gets and does what its configuration says, line by line:
 *
 *     <callback>[@<n>|@end|@more] <action> <arguments>
 *
 * `@2` is the second time in a context, `@end` with end of stream, `@more` without. A line applies where its callback is; `return N` sets the answer.
 * A log line is `<root id> <callback> <what the host said>`.
 */
import * as host from "./imports";

class Rule {
  constructor(
    public callback: string,
    public when: string,
    public action: string,
    public args: string[],
    public rest: string,
  ) {}
}

class Root {
  id: u32 = 0;
  name: string = "";
  rules: Rule[] = [];
  ticks: u32 = 0;
  /** The stream that `effective` speaks for from ticks and call answers. */
  stream: u32 = 0;
}

const roots = new Map<u32, Root>();
const streams = new Map<u32, u32>();
const counts = new Map<string, u32>();
const tokens = new Map<string, u32>();
let keptAcross: string = "";

export function proxy_abi_version_0_2_1(): void {}

export function proxy_on_memory_allocate(size: usize): usize {
  return heap.alloc(size);
}

export function proxy_on_context_create(id: u32, parent: u32): void {
  if (parent == 0) {
    const root = new Root();
    root.id = id;
    root.name = host.property("plugin_root_id");
    roots.set(id, root);
    host.print(root.name + " context_create root");
    return;
  }
  streams.set(id, parent);
  if (roots.has(parent)) {
    roots.get(parent).stream = id;
    host.print(roots.get(parent).name + " context_create stream");
  }
}

export function proxy_on_vm_start(id: u32, size: i32): u32 {
  host.print((roots.has(id) ? roots.get(id).name : "?") + " vm_start " + host.buffer(6, 0, size));
  return 1;
}

export function proxy_on_configure(id: u32, size: i32): u32 {
  const root = roots.get(id);
  root.rules = parse(host.buffer(7, 0, size));
  return run(id, "configure", -1, "", 1);
}

function parse(text: string): Rule[] {
  const rules: Rule[] = [];
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i].trim();
    if (line.length == 0) continue;
    const words = line.split(" ");
    const when = words[0].split("@");
    const rest = words.length > 2 ? words.slice(2).join(" ") : "";
    rules.push(
      new Rule(when[0], when.length > 1 ? when[1] : "", words.length > 1 ? words[1] : "", words.length > 2 ? words.slice(2) : [], rest),
    );
  }
  return rules;
}

/** Logs the callback, runs its rules, gives the answer. `end` is -1 where a callback has no end of stream. */
function run(id: u32, callback: string, end: i32, what: string, answer: u32): u32 {
  const rootId = streams.has(id) ? streams.get(id) : id;
  if (!roots.has(rootId)) return answer;
  const root = roots.get(rootId);
  const key = id.toString() + callback;
  const count: u32 = (counts.has(key) ? counts.get(key) : 0) + 1;
  counts.set(key, count);
  host.print(root.name + " " + callback + (what.length > 0 ? " " + what : "") + (end >= 0 ? " end=" + end.toString() : ""));
  for (let i = 0; i < root.rules.length; i++) {
    const rule = root.rules[i];
    if (rule.callback != callback) continue;
    if (rule.when == "end" && end != 1) continue;
    if (rule.when == "more" && end != 0) continue;
    if (rule.when.length > 0 && rule.when != "end" && rule.when != "more" && <u32>I32.parseInt(rule.when) != count) continue;
    if (rule.action == "return") answer = <u32>I32.parseInt(rule.args[0]);
    else host.print(root.name + "   " + rule.action + (rule.rest.length > 0 ? " " + rule.rest : "") + " -> " + act(root, id, rule));
  }
  return answer;
}

function number(rule: Rule, i: i32): u32 {
  return i < rule.args.length ? <u32>I64.parseInt(rule.args[i]) : 0;
}

function tail(rule: Rule, from: i32): string {
  return from < rule.args.length ? unescape(rule.args.slice(from).join(" ")) : "";
}

function unescape(text: string): string {
  return text.split("\\n").join("\n");
}

function act(root: Root, id: u32, rule: Rule): string {
  const name = rule.action;
  const args = rule.args;
  if (name == "header") return host.header(number(rule, 0), args[1]);
  if (name == "add") return host.addHeader(number(rule, 0), args[1], tail(rule, 2)).toString();
  if (name == "replace") return host.replaceHeader(number(rule, 0), args[1], tail(rule, 2)).toString();
  if (name == "remove") return host.removeHeader(number(rule, 0), args[1]).toString();
  if (name == "pairs") return host.pairs(number(rule, 0));
  if (name == "set-pairs") return host.setPairs(number(rule, 0), args.slice(1)).toString();
  if (name == "map-size") return host.mapSize(number(rule, 0));
  if (name == "property") return host.property(args[0]);
  if (name == "set") return host.setProperty(args[0], tail(rule, 1)).toString();
  if (name == "body") return host.buffer(number(rule, 0), 0, 0x7fffffff);
  if (name == "range") return host.buffer(number(rule, 0), number(rule, 1), number(rule, 2));
  if (name == "body-size") return host.bufferStatus(number(rule, 0));
  if (name == "write") return host.write(number(rule, 0), number(rule, 1), number(rule, 2), tail(rule, 3)).toString();
  if (name == "continue") return host.proxy_continue_stream(number(rule, 0)).toString();
  if (name == "close") return host.proxy_close_stream(number(rule, 0)).toString();
  if (name == "reply") return host.reply(number(rule, 0), args[1], tail(rule, 2), ["x-reply", "probe"]).toString();
  if (name == "effective") return host.proxy_set_effective_context(root.stream).toString();
  if (name == "effective-root") return host.proxy_set_effective_context(root.id).toString();
  if (name == "effective-id") return host.proxy_set_effective_context(number(rule, 0)).toString();
  if (name == "foreign") return host.foreign(args[0]).toString();
  if (name == "tick") return host.proxy_set_tick_period_milliseconds(number(rule, 0)).toString();
  if (name == "call")
    return host.call(args[0], [":method", "POST", ":path", args[1], ":authority", "call.test"], tail(rule, 3), number(rule, 2));
  if (name == "bad-call") return host.call(args[0], [":path", "/"], "", 1000);
  if (name == "call-status") return host.callStatus();
  if (name == "grpc") return host.grpcCall().toString();
  if (name == "environment") return host.environment();
  if (name == "done") return host.proxy_done().toString();
  if (name == "time") return (host.now() / 1000000).toString();
  if (name == "trap") unreachable();
  if (name == "keep") return (keptAcross = tail(rule, 0));
  if (name == "kept") return keptAcross;
  return stored(name, rule);
}

/** Shared data, queues and metrics. */
function stored(name: string, rule: Rule): string {
  const args = rule.args;
  if (name == "shared-get") return host.sharedGet(args[0]);
  if (name == "shared-set") return host.sharedSet(args[0], tail(rule, 2), number(rule, 1)).toString();
  if (name == "shared-cas") {
    host.sharedGet(args[0]);
    return host.sharedSet(args[0], tail(rule, 1), host.version).toString();
  }
  if (name == "queue-register") return host.queueRegister(args[0]);
  if (name == "queue-resolve") {
    const token = host.queueResolve(args.length > 1 ? args[1] : "", args[0]);
    tokens.set(args[0], token);
    return token == 0 ? "!none" : "ok";
  }
  if (name == "enqueue") return host.enqueue(tokens.has(args[0]) ? tokens.get(args[0]) : 9999, tail(rule, 1)).toString();
  if (name == "dequeue") return host.dequeue(tokens.has(args[0]) ? tokens.get(args[0]) : 9999);
  if (name == "metric") {
    const id = host.metric(number(rule, 0), args[1]);
    tokens.set(args[1], id);
    return id == 0 ? "!none" : "ok";
  }
  if (name == "increment") return host.proxy_increment_metric(tokens.get(args[0]), I64.parseInt(args[1])).toString();
  if (name == "record") return host.proxy_record_metric(tokens.get(args[0]), <u64>I64.parseInt(args[1])).toString();
  if (name == "metric-value") return host.metricValue(tokens.get(args[0]));
  return "?";
}

export function proxy_on_tick(id: u32): void {
  const root = roots.get(id);
  // Ticks come in any number: only those that a rule asks for are worth a line.
  root.ticks++;
  for (let i = 0; i < root.rules.length; i++) {
    const rule = root.rules[i];
    if (rule.callback == "tick" && (rule.when.length == 0 || <u32>I32.parseInt(rule.when) == root.ticks)) {
      host.print(root.name + " tick " + rule.action + (rule.rest.length > 0 ? " " + rule.rest : "") + " -> " + act(root, id, rule));
    }
  }
}

export function proxy_on_queue_ready(id: u32, _token: u32): void {
  run(id, "queue_ready", -1, "", 0);
}

export function proxy_on_request_headers(id: u32, _count: i32, end: i32): u32 {
  return run(id, "request_headers", end, "", 0);
}

export function proxy_on_request_body(id: u32, size: i32, end: i32): u32 {
  return run(id, "request_body", end, size.toString(), 0);
}

export function proxy_on_request_trailers(id: u32, count: i32): u32 {
  return run(id, "request_trailers", -1, count.toString(), 0);
}

export function proxy_on_response_headers(id: u32, _count: i32, end: i32): u32 {
  return run(id, "response_headers", end, host.header(2, ":status"), 0);
}

export function proxy_on_response_body(id: u32, size: i32, end: i32): u32 {
  return run(id, "response_body", end, size.toString(), 0);
}

export function proxy_on_response_trailers(id: u32, count: i32): u32 {
  return run(id, "response_trailers", -1, count.toString(), 0);
}

export function proxy_on_http_call_response(id: u32, _token: u32, headers: i32, size: i32, trailers: i32): void {
  run(
    id,
    "call_response",
    -1,
    "headers=" + (headers > 0 ? host.header(6, ":status") : "none") + " size=" + size.toString() + " trailers=" + trailers.toString(),
    0,
  );
}

export function proxy_on_foreign_function(_id: u32, _function: u32, _size: u32): void {}
export function proxy_on_grpc_receive_initial_metadata(_id: u32, _token: u32, _count: u32): void {}
export function proxy_on_grpc_receive(_id: u32, _token: u32, _size: u32): void {}
export function proxy_on_grpc_receive_trailing_metadata(_id: u32, _token: u32, _count: u32): void {}
export function proxy_on_grpc_close(_id: u32, _token: u32, _status: u32): void {}

export function proxy_on_log(id: u32): void {
  run(id, "log", -1, "", 0);
}

export function proxy_on_done(id: u32): u32 {
  return run(id, "done", -1, "", 1);
}

export function proxy_on_delete(id: u32): void {
  run(id, "delete", -1, "", 0);
  streams.delete(id);
  roots.delete(id);
}
