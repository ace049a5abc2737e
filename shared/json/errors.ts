/** Why a text is not JSON as the reader takes it. The verdicts are listed in README.md. */
export enum JsonError {
  None,
  UnexpectedEnd,
  UnexpectedByte,
  ControlCharacter,
  BadEscape,
  BadUtf8,
  BadNumber,
  TooDeep,
  TrailingBytes,
  /** Not the text's fault: `nextKey` outside an object, `nextElement` outside an array. */
  OutOfPlace,
}

/** The error in words, to follow "the body is not valid JSON: ". */
export function describeJsonError(error: JsonError): string {
  switch (error) {
    case JsonError.UnexpectedEnd:
      return "it ends in the middle of a value";
    case JsonError.UnexpectedByte:
      return "unexpected character";
    case JsonError.ControlCharacter:
      return "unescaped control character in a string";
    case JsonError.BadEscape:
      return "unknown escape in a string";
    case JsonError.BadUtf8:
      return "not valid UTF-8";
    case JsonError.BadNumber:
      return "malformed number";
    case JsonError.TooDeep:
      return "nested deeper than 512 levels";
    case JsonError.TrailingBytes:
      return "more text after the end of the value";
    case JsonError.OutOfPlace:
      return "read out of place";
    default:
      return "no error";
  }
}
