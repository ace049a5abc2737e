/** What servers say of their load, as Envoy's balancer gets it (test/e2e/replicas.test.ts has that it acts on it). */
import { expect, test } from "vitest";
import { openaiAnswer } from "../../test/modules/answers.ts";
import { startPlans } from "../../test/modules/plans.ts";
import { chat, textOf } from "../../test/modules/requests.ts";

const ask = async (asksForLoad: boolean, load: string) => {
  const gateway = await startPlans({
    providers: { a: { asksForLoad, does: () => openaiAnswer("Hi", { "endpoint-load-metrics": load }) } },
  });
  const answer = gateway.request(chat());
  expect(textOf(answer)).toBe("Hi");
  return answer;
};

test("a server is asked for it only where it counts, and clients don't see it", async () => {
  const answer = await ask(true, "TEXT named_metrics.kv_cache_usage_perc=0.25");
  expect(answer.headers["endpoint-load-metrics"]).toBeUndefined();
  expect(answer.attempts[0]!.headers["endpoint-load-metrics-format"]).toBe("TEXT");
  const without = await ask(false, "TEXT named_metrics.kv_cache_usage_perc=0.25");
  expect(without.headers["endpoint-load-metrics"]).toBe("TEXT named_metrics.kv_cache_usage_perc=0.25");
  expect(without.attempts[0]!.headers["endpoint-load-metrics-format"]).toBeUndefined();
});

test.each([
  "",
  "TEXT",
  "TEXT ",
  "TEXT ,,=,=x",
  "JSON {",
  "TEXT named_metrics.kv_cache_usage_perc",
  "TEXT named_metrics.num_requests_waiting=NaN",
  `TEXT ${"x=1,".repeat(400)}`,
])("%j harms nobody", async (load) => {
  expect((await ask(true, load)).status).toBe(200);
});
