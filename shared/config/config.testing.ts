/** What config.test.ts calls: the generated parsers of three plugins, and the parts they stand on. */
import { Bytes } from "../bytes/bytes";
import { OUTPUT, input } from "../../test/assembly/io";
import { AiProxyFields, PROVIDER_TYPE_NAMES, ProviderFields } from "../../plugins/ai-proxy/config.generated";
import { ConsumerFields, KeyAuthFields } from "../../plugins/key-auth/config.generated";
import { ModelRouterFields } from "../../plugins/model-router/config.generated";
import { ByteTable } from "./byte-table";
import { Form, hasForm } from "./forms";
import { editDistance } from "./nearest";
import { Problems } from "./problems";
import { ConfigReader, isJson, Scope, Tristate } from "./reader";
export * from "../../test/assembly/io";

/** Each of these writes the refusal, or the warnings and what was read, a line each. */
export function keyAuth(isRule: bool): void {
  const problems = new Problems("key-auth");
  if (isJson(input(), problems)) {
    const scope = isRule ? Scope.Rule : Scope.Global;
    const fields = KeyAuthFields.parse(new ConfigReader(problems).start(input(), scope));
    if (!report(problems)) writeKeyAuth(fields);
  } else report(problems);
}

/** A global part, and a rule (second input) that inherits it. */
export function keyAuthRule(): void {
  const problems = new Problems("key-auth");
  const reader = new ConfigReader(problems);
  const base = KeyAuthFields.parse(reader.start(input(0)));
  const fields = KeyAuthFields.parse(reader.start(input(1), Scope.Rule, "_rules_[0]"), base);
  if (!report(problems)) writeKeyAuth(fields);
}

export function modelRouter(): void {
  const problems = new Problems("model-router");
  if (!isJson(input(), problems)) {
    report(problems);
    return;
  }
  const fields = ModelRouterFields.parse(new ConfigReader(problems).start(input()));
  if (report(problems)) return;
  line("modelKey", fields.modelKey);
  line("addProviderHeader", fields.addProviderHeader);
  line("modelToHeader", fields.modelToHeader);
  lines("enableOnPathSuffix", fields.enableOnPathSuffix);
  lines("providers", fields.providers);
  const models = fields.models;
  if (models == null) say("models: not given");
  else {
    for (let i = 0; i < models.length; i++) {
      line("match", models[i].match);
      lines("names", models[i].names);
    }
  }
}

export function aiProxy(): void {
  const problems = new Problems("ai-proxy");
  if (!isJson(input(), problems)) {
    report(problems);
    return;
  }
  const fields = AiProxyFields.parse(new ConfigReader(problems).start(input()));
  if (!report(problems)) writeAiProxy(fields);
}

/** A global part, and a rule (second input) that inherits it. */
export function aiProxyRule(): void {
  const problems = new Problems("ai-proxy");
  const reader = new ConfigReader(problems);
  const base = AiProxyFields.parse(reader.start(input(0)));
  const fields = AiProxyFields.parse(reader.start(input(1), Scope.Rule, "_rules_[0]"), base);
  if (!report(problems)) writeAiProxy(fields);
}

/** Adds each line of the input to a table; writes the number of each, then what is found for the second input. */
export function byteTable(): i32 {
  const table = new ByteTable();
  const text = input();
  let from = 0;
  while (from < text.length) {
    let to = text.indexOf(0x0a, from);
    if (to < 0) to = text.length;
    OUTPUT.unsigned(table.add(text.slice(from, to)));
    OUTPUT.byte(0x0a);
    from = to + 1;
  }
  return table.find(input(1));
}

export function distance(): i32 {
  return editDistance(input(0), input(1));
}

export function has(form: Form): bool {
  return hasForm(input(), form);
}

function report(problems: Problems): bool {
  for (let i = 0; i < problems.warnings.length; i++) say("warning: " + problems.warnings[i]);
  if (problems.refused) say(problems.refusal);
  return problems.refused;
}

function writeKeyAuth(fields: KeyAuthFields): void {
  for (let i = 0; i < fields.consumers.length; i++) writeConsumer(fields.consumers[i]);
  lines("credentials", fields.credentials);
  lines("keys", fields.keys);
  say(`in_header: ${fields.inHeader}, in_query: ${fields.inQuery}, global_auth: ${tristate(fields.globalAuth)}, compat: ${fields.compat}`);
  line("realm", fields.realm);
  const allow = fields.allow;
  if (allow == null) say("allow: not given");
  else lines("allow", allow);
}

function writeConsumer(consumer: ConsumerFields): void {
  line("consumer", consumer.name);
  line("credential", consumer.credential);
  lines("credentials", consumer.credentials);
  lines("keys", consumer.keys);
  say(`in_header: ${tristate(consumer.inHeader)}, in_query: ${tristate(consumer.inQuery)}`);
}

function writeAiProxy(fields: AiProxyFields): void {
  const provider = fields.provider;
  if (provider != null) writeProvider("provider", provider);
  for (let i = 0; i < fields.providers.length; i++) writeProvider("providers", fields.providers[i]);
  line("activeProviderId", fields.activeProviderId);
  for (let i = 0; i < fields.plans.length; i++) {
    const plan = fields.plans[i];
    line("plan", plan.cluster);
    say(`weight: ${plan.weight}`);
    for (let j = 0; j < plan.targets.length; j++) {
      line("target", plan.targets[j].provider);
      line("model", plan.targets[j].model);
    }
  }
  say(`answerTimeout: ${fields.answerTimeout}, firstContentTimeout: ${fields.firstContentTimeout}, answerLimit: ${fields.answerLimit}`);
}

function writeProvider(name: string, provider: ProviderFields): void {
  line(name, provider.id);
  say(`type: ${PROVIDER_TYPE_NAMES[provider.type]}`);
  lines("apiTokens", provider.apiTokens);
  for (let i = 0; i < provider.modelMapping.length; i++) {
    line("from", provider.modelMapping.names[i]);
    line("to", provider.modelMapping.values[i]);
  }
  line("providerDomain", provider.providerDomain);
  say(`timeout: ${provider.timeout}, ollamaServerPort: ${provider.ollamaServerPort}`);
}

function tristate(value: Tristate): string {
  return value == Tristate.Absent ? "not given" : value == Tristate.True ? "true" : "false";
}

function lines(name: string, values: Bytes[]): void {
  for (let i = 0; i < values.length; i++) line(name, values[i]);
}

function line(name: string, value: Bytes): void {
  say(name + ": " + value.toString());
}

function say(text: string): void {
  OUTPUT.bytes(Bytes.of(text));
  OUTPUT.byte(0x0a);
}
