/**
 * Prettier for AssemblyScript: TypeScript, but for decorators on functions and variables (`@inline export function …`), which TypeScript's parser refuses. They
 * are hidden in comments from the parser, and put back by the printer, each on a line of its own.
 *
 * The package assemblyscript-prettier does the same to decorators on classes too, and then puts blank lines before them.
 */
import * as estree from "prettier/plugins/estree";
import * as typescript from "prettier/plugins/typescript";

const HIDDEN = "//@hidden:";
const DECORATOR = /^([ \t]*)(@[a-z]\w*(?:\((?:"[^"\n]*"|[^)"\n])*\))?)\s*(?=(?:(?:export|declare)\s+)*(?:function|const|let)\b)/gm;

const format = "estree-assemblyscript";
const printer = estree.printers.estree;

export const parsers = {
  typescript: {
    ...typescript.parsers.typescript,
    astFormat: format,
    preprocess: (text) => text.replace(DECORATOR, `$1${HIDDEN}$2\n$1`),
  },
};

export const printers = {
  [format]: {
    ...printer,
    printComment: (path, options) => {
      const printed = printer.printComment(path, options);
      return typeof printed === "string" && printed.startsWith(HIDDEN) ? printed.slice(HIDDEN.length) : printed;
    },
  },
};
