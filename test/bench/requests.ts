/** What the measured requests say. */

import { consumerKey } from "./gateway-files.ts";

export const chatPath = "/v1/chat/completions";
export const chatHeaders = { "content-type": "application/json", authorization: `Bearer ${consumerKey}` };

const words = [
  "the",
  "gateway",
  "reads",
  "a",
  "prompt",
  "of",
  "some",
  "length,",
  "with",
  '"quotes",',
  "é, ü and 漢字,",
  "and",
  "a line\nor two.",
];

/** A request of the size that people type. */
export function smallPrompt(model: string): string {
  return JSON.stringify({ model, messages: [{ role: "user", content: "Say hello to the world, please, in one line" }] });
}

/** A prompt of at least so many bytes, in turns of about 2 KiB: text as people and tools write it, with escapes. */
export function longPrompt(model: string, bytes: number): string {
  const messages: { role: string; content: string }[] = [{ role: "system", content: "You are a careful assistant." }];
  for (let size = 0, turn = 0; size < bytes; turn++) {
    let content = "";
    for (let i = turn; content.length < 2000; i++) content += `${words[i % words.length]} `;
    messages.push({ role: turn % 2 === 0 ? "user" : "assistant", content });
    size += Buffer.byteLength(JSON.stringify(content));
  }
  if (messages.at(-1)!.role === "assistant") messages.push({ role: "user", content: "Go on." });
  return JSON.stringify({ model, messages });
}

/** A prompt with an image of about so many bytes, as clients send one inline. */
export function imagePrompt(model: string, bytes: number): string {
  const noise = Buffer.alloc(Math.floor((bytes * 3) / 4));
  for (let i = 0, seed = 1; i < noise.length; i++) noise[i] = (seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 16;
  const url = `data:image/png;base64,${noise.toString("base64")}`;
  const content = [
    { type: "text", text: "What is in this picture?" },
    { type: "image_url", image_url: { url } },
  ];
  return JSON.stringify({ model, messages: [{ role: "user", content }] });
}

/** A small prompt that asks for a stream. */
export function streamedPrompt(model: string): string {
  return JSON.stringify({ model, stream: true, messages: [{ role: "user", content: "Count as far as you like." }] });
}
