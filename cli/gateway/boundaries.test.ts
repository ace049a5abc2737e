import { expect, test } from "vitest";
import { readGateway } from "./read.ts";

const file = (data: string): string => `version: 1
providers:
  openai: { type: openai, keys: [env:K], region: us, tags: [gdpr] }
  mistral: { type: mistral, keys: [env:K], region: eu, tags: [no-training] }
models: [{ match: "*", to: openai }]
consumers: [{ name: clinic, keys: [env:C], data: ${data} }]
`;

test.each([
  ["{ regions: [eu], tags: [no-training] }", []],
  ["{ regions: [eu, us] }", []],
  ["{ tags: [gdrp] }", ['data.tags: no provider has "gdrp"; did you mean "gdpr"?']],
  ["{ regions: [switzerland] }", ['data.regions: no provider has "switzerland"; regions here: us, eu']],
  ["{ regions: [eu], tags: [gdpr] }", ["data: no provider has all of this, so every request would be refused"]],
])("a consumer's data: %s", (data, messages) => {
  const { problems } = readGateway(file(data), ".");
  expect(problems.map(({ message }) => message)).toEqual(messages);
});

test.each(["{}", "{ regions: [] }", "{ region: [eu] }", '{ tags: ["a b"] }', "{ regions: eu }"])("%s is refused", (data) => {
  const { gateway, problems } = readGateway(file(data), ".");
  expect(gateway).toBeNull();
  expect(problems[0]!.message).toMatch(/data|unknown field "region"/);
});
