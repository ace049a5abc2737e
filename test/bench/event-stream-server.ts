/** The process behind `EventStreams`: `node event-stream-server.ts [{port, protocol, pace}]`. Tells how many events it sent at a port when it is sent that port. */

import { createServer, type ServerResponse } from "node:http";
import { eventsInStream, type EventStreamPort } from "./event-streams.ts";

/** Long enough that an event is through before the next comes. */
const pause = 3;

const words = ["Hello", " there", ", this", " is", " an", " answer", " that", " comes", " piece", " by", " piece", "."];
const sent = new Map<number, number>();

interface Open {
  readonly answer: ServerResponse;
  readonly port: number;
  readonly events: readonly string[];
  at: number;
}

const open = new Set<Open>();

function claudeEvents(): string[] {
  const event = (type: string, data: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
  const deltas = Array.from({ length: eventsInStream - 5 }, (_, i) =>
    event("content_block_delta", { index: 0, delta: { type: "text_delta", text: words[i % words.length] } }),
  );
  const usage = { input_tokens: 19, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 1 };
  const message = {
    id: "msg_01XFDUDYJgAACzvnptvVoYEL",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5-20250929",
    content: [],
  };
  return [
    event("message_start", { message: { ...message, stop_reason: null, stop_sequence: null, usage } }),
    event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    ...deltas,
    event("content_block_stop", { index: 0 }),
    event("message_delta", { delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: eventsInStream - 5 } }),
    event("message_stop", {}),
  ];
}

function openaiEvents(): string[] {
  const chunk = (delta: object, finish: string | null): string => {
    const base = {
      id: "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
      object: "chat.completion.chunk",
      created: 1741569952,
      model: "gpt-4o-2024-08-06",
    };
    return `data: ${JSON.stringify({ ...base, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] })}\n\n`;
  };
  const deltas = Array.from({ length: eventsInStream - 3 }, (_, i) => chunk({ content: words[i % words.length] }, null));
  return [chunk({ role: "assistant", content: "" }, null), ...deltas, chunk({}, "stop"), "data: [DONE]\n\n"];
}

/** Writes the next event; ends the answer after the last. */
function step(stream: Open): void {
  stream.answer.write(stream.events[stream.at++]);
  sent.set(stream.port, sent.get(stream.port)! + 1);
  if (stream.at < stream.events.length) return;
  open.delete(stream);
  stream.answer.end();
}

for (const { port, protocol, pace } of JSON.parse(process.argv[2]!) as EventStreamPort[]) {
  sent.set(port, 0);
  const events = protocol === "claude" ? claudeEvents() : openaiEvents();
  const server = createServer((request, answer) => {
    request.resume();
    request.on("end", () => {
      answer.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
      const stream: Open = { answer, port, events, at: 0 };
      if (pace === "idle") for (let i = 0; i < 5; i++) step(stream);
      else if (pace === "burst") while (stream.at < events.length) step(stream);
      else {
        step(stream);
        open.add(stream);
        answer.on("close", () => open.delete(stream));
      }
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(port, "127.0.0.1");
}

setInterval(() => {
  for (const stream of open) step(stream);
}, pause);

process.on("message", (port) => process.send!(sent.get(port as number) ?? 0));
process.on("disconnect", () => process.exit(0));
process.send!("ready");
