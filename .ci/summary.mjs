// Prints the closing line of CI from vitest's JSON report: summary.mjs REPORT STATUS
import { readFileSync } from "node:fs";

const [report, status] = process.argv.slice(2);
let passed = 0;
let failed = 0;
try {
  const results = JSON.parse(readFileSync(report, "utf8"));
  passed = results.numPassedTests;
  // A file that doesn't load counts as a failed test.
  failed =
    results.numFailedTests + results.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
} catch (error) {
  console.log(`no test report: ${error.message}`);
  failed = 1;
}
if (status !== "0" && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
