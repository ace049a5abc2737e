/** What a test may script: what the model says, what goes wrong, and how the bytes travel. */
import type { ReceivedRequest } from "./recording.ts";

export interface ToolCallScript {
  name: string;
  /** An object is written as JSON in pieces; strings are the pieces as they are. */
  arguments?: unknown;
  id?: string;
}

/** Tokens; `input` includes what was read from or written to a cache, `output` includes reasoning. */
export interface UsageScript {
  input?: number;
  output?: number;
  cacheRead?: number;
  cacheWrite?: number;
  reasoning?: number;
}

/** An error in the vendor's form; what is left out is what the vendor says for that status. */
export interface ErrorScript {
  status: number;
  message?: string;
  /** OpenAI's and Anthropic's `error.type`, Gemini's `error.status`. */
  type?: string;
  /** OpenAI's `error.code`. */
  code?: string | null;
  /** OpenAI's `error.param`. */
  param?: string | null;
  /** Gemini's `error.details`. */
  details?: unknown[];
  /** Seconds, written where the vendor writes it. */
  retryAfter?: number;
  headers?: Record<string, string>;
  /** In place of the vendor's form: a string as it is, anything else as JSON. */
  body?: unknown;
}

export interface Behaviour {
  /** What is said, in place of what the conversation asks for; a list gives the pieces of a stream. */
  text?: string | string[];
  thinking?: string | string[];
  tools?: ToolCallScript[];
  /** OpenAI's `refusal`; Anthropic's stop reason `refusal`; Gemini's finish reason `SAFETY`. */
  refusal?: string;
  /** `stop`, `length`, `tool_calls`, `content_filter`, `stop_sequence`; any other word is written as it is. */
  finish?: string;
  /** Gemini: the prompt is blocked for this reason and there is no candidate. Others: as `refusal`. */
  blocked?: string;
  usage?: UsageScript;

  /** Answer with an error. */
  error?: ErrorScript;
  /** A 200 that turns into an error event after so many content events. */
  errorEvent?: ErrorScript & { after?: number };
  /** An answer of any bytes. */
  raw?: { status?: number; headers?: Record<string, string | string[]>; body?: string | Uint8Array | (string | Uint8Array)[] };
  /** Answer without asking whether the vendor would have refused. */
  unchecked?: boolean;

  /** Milliseconds to wait. */
  delay?: { headers?: number; firstByte?: number; between?: number };
  /** Promises to wait for, for tests that go step by step; `chunk` is the index of the chunk to hold. */
  hold?: { headers?: Promise<unknown>; firstByte?: Promise<unknown>; chunk?: { index: number; until: Promise<unknown> } };
  /** Stop after so many bytes of the body, by a reset or by an end that looks whole. */
  cut?: { after: number; how: "reset" | "end" };
  /** The stream ends cleanly before its finish reason. */
  withoutFinish?: boolean;
  /** Compress, whatever was asked. */
  gzip?: boolean;
  contentType?: string;
  headers?: Record<string, string | string[]>;
  /** How the body ends on HTTP/1.1: by default a length for whole answers, chunks for streams. */
  framing?: "length" | "chunked" | "close";
  /** Cut the bytes anew, into chunks of this size. */
  chunkSize?: number;
}

/** A behaviour, or what makes one from the request. */
export type Scripted = Behaviour | ((request: ReceivedRequest) => Behaviour);
