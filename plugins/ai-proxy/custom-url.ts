/** `openaiCustomUrl` and `vllmCustomUrl`: host and path of a server in one, as Higress reads them; and `zhipuCodePlanMode`. */
import { Bytes } from "../../shared/bytes/bytes";
import { Form, hasForm } from "../../shared/config/forms";
import { Problems } from "../../shared/config/problems";
import { Dialect, Endpoint, Operation } from "../../shared/protocols/operation";
import { ProviderFields, ProviderType } from "./config.generated";
import { completions, openai, responses } from "./protocols";
import { Vendor } from "./vendor";

const CODING_PLAN = Bytes.of("/api/coding/paas/v4/chat/completions");

/** Says where the vendor is in place of its row: `fields.providerDomain`, and the vendor's paths. */
export function applyCustomUrl(fields: ProviderFields, vendor: Vendor, path: string, problems: Problems): void {
  if (fields.type == ProviderType.Zhipuai && fields.zhipuCodePlanMode) vendor.move(Operation.Chat, CODING_PLAN);
  if (fields.type == ProviderType.Openai) apply(fields.openaiCustomUrl, fields, vendor, path + ".openaiCustomUrl", problems);
  if (fields.type == ProviderType.Vllm) apply(fields.vllmCustomUrl, fields, vendor, path + ".vllmCustomUrl", problems);
}

function apply(url: Bytes, fields: ProviderFields, vendor: Vendor, path: string, problems: Problems): void {
  if (url.isEmpty) return;
  const rest = url.startsWith("https://") ? url.slice(8) : url.startsWith("http://") ? url.slice(7) : url;
  const slash = rest.indexOf(0x2f);
  const host = slash < 0 ? rest : rest.slice(0, slash);
  let base = slash < 0 ? rest.slice(rest.length) : rest.slice(slash);
  if (host.isEmpty || !hasForm(host, Form.PathSegment) || (!base.isEmpty && !hasForm(base, Form.Path)))
    return problems.refuse(path, `found "${url.toString()}", expected a URL without a query, such as https://llm.example.com/v1`);
  if (fields.providerDomain.isEmpty) fields.providerDomain = host.copy();
  while (base.endsWith("/")) base = base.slice(0, base.length - 1);
  const endpoint = Endpoint.of(base);
  if (endpoint.operation == Operation.Unknown) return vendor.rebase(base.copy());
  const protocol = endpoint.dialect == Dialect.Responses ? responses : endpoint.dialect == Dialect.Completions ? completions : openai;
  vendor.serveOnly(protocol, endpoint.operation, base.copy());
}
