import { Bytes } from "../bytes/bytes";
import { Problems, cut } from "../config/problems";
import { isPlaceName } from "./boundary";

/** Refuses names of regions or tags that couldn't stand in the header between modules. */
export function checkNames(names: Array<Bytes>, path: string, problems: Problems): void {
  for (let i = 0; i < names.length; i++) checkName(names[i], `${path}[${i}]`, problems);
}

export function checkName(name: Bytes, path: string, problems: Problems): void {
  if (!isPlaceName(name))
    problems.refuse(path, `found "${cut(name)}", expected up to 64 letters, digits, dots, underscores and dashes, such as eu`);
}
