/** Runs every test: units and end to end. With VITEST_RESULTS set, a JSON report is written there too. */
import { spawnSync } from "node:child_process";

const report = process.env.VITEST_RESULTS;
const reporters = report === undefined ? [] : ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
const { status } = spawnSync("vitest", ["run", ...reporters], { stdio: "inherit" });
process.exit(status ?? 1);
