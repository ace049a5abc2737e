/** What eslint looks at beyond the formatter: mistakes, and in AssemblyScript what would trap a VM. The repository's own checks are in scripts/lint/. */
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** As in .prettierrc.json, scripts/lint/sources.ts and the tsconfigs. */
const ASSEMBLYSCRIPT = ["shared/**/*.ts", "plugins/**/*.ts", "bundle/**/*.ts", "test/assembly/io.ts", "test/host/probes/*.ts"];
const TESTS = ["**/*.test.ts"];
/** Every other `.ts`. */
const TYPESCRIPT = [...TESTS, "*.ts", "cli/**/*.ts", "console/**/*.ts", "scripts/**/*.ts", "test/**/*.ts"];
const TESTING = ["**/*.testing.ts", "**/testing/**", "test/**"];

const noUnused = [
  "error",
  { args: "after-used", argsIgnorePattern: "^_", varsIgnorePattern: "^_", caughtErrors: "none", ignoreRestSiblings: true },
];

/** There are no exceptions in AssemblyScript: each of these ends every request in flight. */
const noTraps = [
  "error",
  { selector: "ThrowStatement", message: "A throw traps the VM: return a result." },
  { selector: "TryStatement", message: "AssemblyScript catches nothing: return a result." },
  { selector: "TSNonNullExpression", message: "`!` on null traps the VM: copy to a local and compare it with null." },
  { selector: "CallExpression[callee.name=/^(unreachable|abort|assert)$/]", message: "This traps the VM: return a result." },
];

export default defineConfig(
  { ignores: ["node_modules/", "dist/", "build/", "**/fixtures/", "**/testdata/"] },
  {
    name: "typescript",
    files: TYPESCRIPT,
    ignores: ASSEMBLYSCRIPT.filter((glob) => glob.startsWith("test/")),
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "prefer-const": "error",
      "no-constant-condition": "off",
      "no-template-curly-in-string": "error",
      "@typescript-eslint/no-unused-vars": noUnused,
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/return-await": "error",
    },
  },
  {
    name: "assemblyscript",
    files: ASSEMBLYSCRIPT,
    ignores: TESTS,
    languageOptions: { parser: tseslint.parser, parserOptions: { projectService: false, allowInvalidAST: true } },
    plugins: { "@typescript-eslint": tseslint.plugin },
    rules: {
      "no-console": "error",
      "no-unreachable": "error",
      "no-self-compare": "error",
      "no-dupe-else-if": "error",
      "no-fallthrough": ["error", { allowEmptyCase: true }],
      "no-restricted-syntax": noTraps,
      "no-restricted-globals": ["error", { name: "trace", message: "Log by shared/host." }],
      "prefer-const": "error",
      "@typescript-eslint/no-unused-vars": [noUnused[0], { ...noUnused[1], args: "none" }],
      "@typescript-eslint/no-duplicate-enum-values": "error",
    },
  },
  // What providers and clients send is anything.
  { name: "typescript for tests", files: [...TESTS, ...TESTING], rules: { "@typescript-eslint/no-explicit-any": "off" } },
  { name: "assemblyscript for tests", files: TESTING, rules: { "no-restricted-syntax": "off" } },
);
