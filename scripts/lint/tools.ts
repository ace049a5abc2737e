/** The formatter, the linter and the type checker that others wrote, as checks. */
import { execFile } from "node:child_process";
import { join } from "node:path";

/** What a tool complains of when it is run in `root`; nothing if it is content. */
export function complaintsOf(root: string, tool: string, ...options: string[]): Promise<string[]> {
  return new Promise((resolve) => {
    execFile(join(root, "node_modules/.bin", tool), options, { cwd: root, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => line.trim() !== "");
      // A tool that fails without a word must not pass.
      resolve(error === null ? [] : lines.length > 0 ? lines : [`${tool} failed: ${error.message}`]);
    });
  });
}

export function checkFormat(root: string): Promise<string[]> {
  return complaintsOf(root, "prettier", "--check", "--log-level", "warn", "--cache", "--cache-location", "build/prettier.cache", ".");
}

export function checkStyle(root: string): Promise<string[]> {
  return complaintsOf(root, "eslint", "--max-warnings", "0", ".");
}

export function checkTypes(root: string, project = "tsconfig.json"): Promise<string[]> {
  return complaintsOf(root, "tsc", "--noEmit", "--pretty", "false", "--project", project);
}
