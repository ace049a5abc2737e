/** What a provider's systems say beside what clients say: files that are fetched, and the ids of those that the vendor has. */
import { Bytes, EMPTY } from "../../shared/bytes/bytes";
import { ByteWriter } from "../../shared/bytes/writer";
import { JsonWriter } from "../../shared/json/writer";
import { Exchange } from "../../shared/pipeline/exchange";
import { Readiness } from "../../shared/pipeline/provider";
import { Dialect } from "../../shared/protocols/operation";
import { BETWEEN } from "./message-edits";
import { RequestSettings } from "./request-settings";
import { TextFile } from "./text-file";

@final
export class SystemTexts {
  /** As messages of OpenAI's chat (`Target.systemMessages`). */
  messages: Bytes;
  private files: Array<TextFile> = [];
  /** Their contents as they were made messages of. */
  private said: Array<Bytes> = [];

  constructor(
    /** The message that names uploaded files; empty: none. */
    private uploaded: Bytes,
  ) {
    this.messages = uploaded;
  }

  /** Adds a file that systems say the text of; null: none. */
  add(file: TextFile | null): void {
    if (file != null) this.files.push(file);
  }

  /** Whether a provider has to wait for some of it. */
  get areFetched(): bool {
    return this.files.length > 0;
  }

  prepare(): Readiness {
    let readiness = Readiness.Ready;
    for (let i = 0; i < this.files.length; i++) {
      const own = this.files[i].prepare();
      if (own == Readiness.Unavailable) return own;
      if (own == Readiness.Waiting) readiness = own;
    }
    return readiness;
  }

  /** Resumes the exchange as soon as one that is awaited is there, or can't be had. */
  wait(exchange: Exchange): void {
    for (let i = 0; i < this.files.length; i++) if (this.files[i].prepare() == Readiness.Waiting) return this.files[i].wait(exchange);
  }

  /** The first one that can't be had; null: all can. */
  get missing(): TextFile | null {
    for (let i = 0; i < this.files.length; i++) if (this.files[i].prepare() == Readiness.Unavailable) return this.files[i];
    return null;
  }

  /** Takes the files' texts as they are now, for the settings (null: none) of requests in any protocol, and as messages where OpenAI's chat is spoken. */
  update(settings: RequestSettings | null, dialect: Dialect): void {
    const files = this.files;
    let isSame = this.said.length == files.length;
    for (let i = 0; i < files.length && isSame; i++) isSame = this.said[i] === files[i].token;
    if (isSame) return;
    this.said = [];
    const all = new ByteWriter(1024);
    for (let i = 0; i < files.length; i++) {
      this.said.push(files[i].token);
      if (all.length > 0) all.ascii(BETWEEN);
      all.bytes(files[i].token);
    }
    const text = all.view();
    if (settings != null) settings.say(text);
    if (dialect != Dialect.OpenAI) return;
    const own = text.isEmpty ? "" : `{"role":"system","content":"${text.toString()}"}`;
    const uploaded = this.uploaded.toString();
    this.messages = Bytes.of(uploaded.length > 0 && own.length > 0 ? `${uploaded},${own}` : uploaded + own);
  }
}

/** The system's message that names uploaded files; empty: there are none. https://help.aliyun.com/zh/model-studio/long-context-qwen-long */
export function uploadedFiles(ids: Array<Bytes>): Bytes {
  if (ids.length == 0) return EMPTY;
  const out = new JsonWriter();
  out.beginObject();
  out.key("role");
  out.asciiText("system");
  out.key("content");
  out.beginString();
  for (let i = 0; i < ids.length; i++) {
    if (i > 0) out.byte(0x2c);
    out.ascii("fileid://");
    out.moreText(ids[i]);
  }
  out.endString();
  out.endObject();
  return out.view();
}
