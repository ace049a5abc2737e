/** Bedrock's words for formats, from media types and the ends of file names; "" where it has none. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Source } from "../../bytes/span";
import { Item } from "../conversation";

const VIEW = new Bytes();

/** What a file is to Bedrock. */
export enum FileKind {
  None,
  Document,
  Video,
}

export function fileKindOf(item: Item, source: Source): FileKind {
  if (videoFormat(item, source).length > 0) return FileKind.Video;
  return documentFormat(item, source).length > 0 ? FileKind.Document : FileKind.None;
}

export function imageFormat(item: Item, source: Source): string {
  if (item.mediaType != ABSENT) {
    const type = source.point(item.mediaType, VIEW);
    if (type.is("image/png")) return "png";
    if (type.is("image/jpeg") || type.is("image/jpg")) return "jpeg";
    if (type.is("image/gif")) return "gif";
    return type.is("image/webp") ? "webp" : "";
  }
  if (endsWith(item, source, ".png")) return "png";
  if (endsWith(item, source, ".jpg") || endsWith(item, source, ".jpeg")) return "jpeg";
  if (endsWith(item, source, ".gif")) return "gif";
  return endsWith(item, source, ".webp") ? "webp" : "";
}

/** Text of whatever kind is `txt`. */
export function documentFormat(item: Item, source: Source): string {
  if (item.text != ABSENT) return "txt";
  if (item.mediaType != ABSENT) {
    const type = source.point(item.mediaType, VIEW);
    if (type.is("application/pdf")) return "pdf";
    if (type.is("text/csv")) return "csv";
    if (type.is("text/html")) return "html";
    if (type.is("text/markdown")) return "md";
    if (type.is("application/msword")) return "doc";
    if (type.is("application/vnd.openxmlformats-officedocument.wordprocessingml.document")) return "docx";
    if (type.is("application/vnd.ms-excel")) return "xls";
    if (type.is("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")) return "xlsx";
    return type.startsWith("text/") || type.is("application/json") || type.is("application/xml") ? "txt" : "";
  }
  if (endsWith(item, source, ".pdf")) return "pdf";
  if (endsWith(item, source, ".csv")) return "csv";
  if (endsWith(item, source, ".html") || endsWith(item, source, ".htm")) return "html";
  if (endsWith(item, source, ".md")) return "md";
  if (endsWith(item, source, ".doc")) return "doc";
  if (endsWith(item, source, ".docx")) return "docx";
  if (endsWith(item, source, ".xls")) return "xls";
  if (endsWith(item, source, ".xlsx")) return "xlsx";
  return endsWith(item, source, ".txt") || endsWith(item, source, ".json") || endsWith(item, source, ".xml") ? "txt" : "";
}

export function videoFormat(item: Item, source: Source): string {
  if (item.mediaType != ABSENT) {
    const type = source.point(item.mediaType, VIEW);
    if (!type.startsWith("video/")) return "";
    if (type.is("video/mp4")) return "mp4";
    if (type.is("video/quicktime")) return "mov";
    if (type.is("video/webm")) return "webm";
    if (type.is("video/x-matroska")) return "mkv";
    if (type.is("video/x-flv")) return "flv";
    if (type.is("video/mpeg")) return "mpeg";
    if (type.is("video/x-ms-wmv")) return "wmv";
    return type.is("video/3gpp") ? "three_gp" : "";
  }
  if (endsWith(item, source, ".mp4")) return "mp4";
  if (endsWith(item, source, ".mov")) return "mov";
  if (endsWith(item, source, ".webm")) return "webm";
  return endsWith(item, source, ".mkv") ? "mkv" : "";
}

/** OpenAI names a format (`wav`, `mp3`), others a media type. */
export function audioFormat(item: Item, source: Source): string {
  if (item.mediaType == ABSENT) return "";
  const type = source.point(item.mediaType, VIEW);
  const name = type.startsWith("audio/") ? type.slice(6) : type;
  if (name.is("wav") || name.is("x-wav") || name.is("wave")) return "wav";
  if (name.is("mp3") || name.is("mpeg")) return "mp3";
  if (name.is("ogg")) return "ogg";
  if (name.is("opus")) return "opus";
  if (name.is("flac")) return "flac";
  if (name.is("aac")) return "aac";
  return name.is("webm") ? "webm" : "";
}

/** Whether the file's name, or where it has none its URL, ends so. */
function endsWith(item: Item, source: Source, end: string): bool {
  const name = item.name != ABSENT ? item.name : item.url;
  return name != ABSENT && source.point(name, VIEW).toLowerCase().endsWith(end);
}
