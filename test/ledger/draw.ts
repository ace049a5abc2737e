/** Whole conversations, drawn at random from the rows of a client's fields. */
import { type Random } from "../assembly/random.ts";
import { fill, type Row } from "./fields.ts";
import { clients, type Client } from "./protocols.ts";

/** JSON in pieces, between which a mark goes. */
type Marked = readonly string[];

/** A row as a piece of conversations: its settings and its messages, in JSON, where each text that ends with a number gets a mark that no other has. */
interface Piece {
  readonly name: string;
  readonly row: Row;
  /** Names of its members at the top but `messages`. */
  readonly keys: readonly string[];
  /** What only one piece of a conversation may have: these names, and its groups of `ONE_OF`. */
  readonly claims: readonly string[];
  /** These members in JSON, as they stand in an object, without braces. */
  readonly settings: Marked;
  /** Likewise the members of `NESTED`. */
  readonly nested: Marked;
  /** Its messages in JSON, without brackets; ids of calls get the mark too. */
  readonly messages: Marked;
}

/** A piece as it stands in a conversation. */
export interface Drawn {
  readonly name: string;
  readonly row: Row;
  readonly keys: readonly string[];
  /** What its texts end with, such as `7x1234`. */
  readonly mark: string;
  readonly settings: string;
  readonly nested: string;
  readonly messages: string;
}

/** A conversation: the request, and what it was made of. */
export interface Conversation {
  readonly body: string;
  readonly pieces: readonly Drawn[];
}

/** Only one of each is drawn for a conversation: they are different words for one thing. */
const ONE_OF: readonly (readonly RegExp[])[] = [
  [/^max_(completion_)?tokens/],
  [/^(reasoning|thinking|enable_thinking|thinking_budget)/],
  [/^(user|safety_identifier)$/],
  [
    /^(functions|function_call|tool_choice|parallel_tool_calls|tools)/,
    /^(messages|contents|input).*(tool|function|output|arguments)/,
    /^(toolConfig)/,
  ],
  [/^(logprobs|top_logprobs|include)$/],
  [/^(modalities|audio)/],
  [/^stream/],
  [/^(response_format|output_format|output_config|text\.)/],
];

/** The member that holds most of the settings of Gemini's clients: each may come from another row. */
const NESTED = "generationConfig";

/** Texts that end with a number, inside JSON: the number is the row's, the mark the piece's. */
const MARKED = /(?<=[ -]\d+)(?=")/g;
/** Ids of calls, which a conversation has once. */
export const CALL_ID = /\b(?:call|toolu|srvtoolu)_(?!id\b)[a-z0-9]+/g;
/** Behind any of these. */
const MARKED_OR_ID = new RegExp(`${MARKED.source}|(?<=${CALL_ID.source})(?![a-z0-9])`, "g");

/** Draws conversations of one client. */
export class Drawer {
  private readonly usual: readonly Piece[];
  private readonly rare: readonly Piece[];
  private readonly random: Random;
  private readonly client: Client;
  private count = 0;

  /** `isRare`: rows that few conversations have, such as those that are refused. `isDrawn`: rows that any have. */
  constructor(client: Client, random: Random, isRare: (name: string) => boolean, isDrawn: (name: string) => boolean = () => true) {
    this.client = client;
    this.random = random;
    const pieces = [...clients[client].rows]
      .filter(([name, row]) => name !== "model" && isDrawable(client, row) && isDrawn(name))
      .map(([name, row]) => pieceOf(client, name, row));
    this.usual = pieces.filter(({ name }) => !isRare(name));
    this.rare = pieces.filter(({ name }) => isRare(name));
  }

  /** The next conversation: one to eight rows whose settings don't meet. */
  next(): Conversation {
    const pieces: Drawn[] = [];
    const taken = new Set<string>();
    const wanted = 1 + this.random.below(8);
    for (let tries = 0; tries < wanted; tries++) {
      const pool = this.rare.length > 0 && this.random.once(16) ? this.rare : this.usual;
      const piece = this.random.pick(pool);
      if (piece.claims.some((claim) => taken.has(claim))) continue;
      for (const claim of piece.claims) taken.add(claim);
      pieces.push(this.drawn(piece));
    }
    return { body: bodyOf(this.client, pieces), pieces };
  }

  private drawn({ name, row, keys, settings, nested, messages }: Piece): Drawn {
    const mark = `x${this.count++}y`;
    return { name, row, keys, mark, settings: settings.join(mark), nested: nested.join(mark), messages: messages.join(mark) };
  }
}

/** The request that is made of pieces. */
export function bodyOf(client: Client, pieces: readonly Drawn[]): string {
  const { turns } = clients[client];
  const { members: smallest, messages } = smallestOf(client);
  const members = smallest.filter(([key]) => !pieces.some((piece) => piece.keys.includes(key))).map(([, json]) => json);
  for (const { settings } of pieces) if (settings !== "") members.push(settings);
  const nested = pieces.map((piece) => piece.nested).filter((json) => json !== "");
  if (nested.length > 0) members.push(`"${NESTED}":{${nested.join(",")}}`);
  const said = pieces.map((piece) => piece.messages).filter((json) => json !== "");
  if (turns !== "") members.push(`"${turns}":[${[messages, ...said].join(",")}]`);
  return `{${members.join(",")}}`;
}

/** The client's smallest request, in JSON: each member, and the messages without brackets. */
function smallestOf(client: Client): { members: readonly (readonly [key: string, json: string])[]; messages: string } {
  const known = SMALLEST.get(client);
  if (known !== undefined) return known;
  const { [clients[client].turns]: messages = [], ...others } = clients[client].smallest;
  const members = Object.entries(others).map(([key, value]) => [key, `${JSON.stringify(key)}:${JSON.stringify(value)}`] as const);
  const found = { members, messages: JSON.stringify(messages).slice(1, -1) };
  SMALLEST.set(client, found);
  return found;
}

const SMALLEST = new Map<Client, ReturnType<typeof smallestOf>>();

/** Whether a row can stand beside others: it says something in the body, and its turns are a list. */
function isDrawable(client: Client, row: Row): boolean {
  const said = (fill(row.request, row.value) as Record<string, unknown>)[clients[client].turns];
  return row.path === undefined && (said === undefined || Array.isArray(said));
}

function pieceOf(client: Client, name: string, row: Row): Piece {
  const { [clients[client].turns]: messages, [NESTED]: nested = {}, ...settings } = fill(row.request, row.value) as Record<string, unknown>;
  const keys = [...Object.keys(settings), ...Object.keys(nested as object).map((key) => `${NESTED}.${key}`)];
  const groups = ONE_OF.flatMap((group, index) => (group.some((field) => field.test(row.field)) ? [`group ${index}`] : []));
  return {
    name,
    row,
    keys,
    claims: [...keys, ...groups],
    settings: JSON.stringify(settings).slice(1, -1).split(MARKED),
    nested: JSON.stringify(nested).slice(1, -1).split(MARKED),
    messages: messages === undefined ? [""] : JSON.stringify(messages).slice(1, -1).split(MARKED_OR_ID),
  };
}
