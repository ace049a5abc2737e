/** Names of members, which Google's JSON takes in camel case and, as its own definitions have them, in snake case: https://protobuf.dev/programming-guides/json/#field-names */
import { JsonReader } from "../../json/reader";

/** Whether the last key is a member by either of its names. */
export function isMember(json: JsonReader, camel: string, snake: string): bool {
  return json.keyIs(camel) || json.keyIs(snake);
}
