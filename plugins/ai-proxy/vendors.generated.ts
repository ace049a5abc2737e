// Written by scripts/generate.ts from vendors.json beside it: change that, then run `npm run generate`.
import { Bytes, EMPTY } from "../../shared/bytes/bytes";
import { Operation } from "../../shared/protocols/operation";
import { ProviderFields, ProviderType } from "./config.generated";
import { anthropic, bedrock, cohere, completions, deepl, dify, gemini, openai, responses, triton } from "./protocols";
import { Auth, either, Quirk, Vendor, withPort } from "./vendor";

/** The row of a provider's vendor, with what its configuration fills in. */
export function vendorOf(fields: ProviderFields): Vendor {
  switch (fields.type) {
    case ProviderType.Openai:
      return new Vendor(openai, Bytes.of("api.openai.com"), "/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings")
        .at(Operation.Models, "/models")
        .at(Operation.ImageGenerations, "/images/generations")
        .at(Operation.ImageEdits, "/images/edits")
        .at(Operation.ImageVariations, "/images/variations")
        .at(Operation.Speech, "/audio/speech")
        .at(Operation.Transcriptions, "/audio/transcriptions")
        .at(Operation.Translations, "/audio/translations")
        .at(Operation.Moderations, "/moderations")
        .at(Operation.Rerank, "/rerank")
        .at(Operation.Files, "/files")
        .at(Operation.Batches, "/batches")
        .at(Operation.FineTuning, "/fine_tuning/jobs")
        .also(completions, "/v1/completions")
        .also(responses, "/v1/responses")
        .quirk(Quirk.CallersKey)
        .quirk(Quirk.ModelsProveKey);
    case ProviderType.Claude:
      return new Vendor(anthropic, Bytes.of("api.anthropic.com"), "/v1")
        .path(Operation.Chat, "/v1/messages")
        .at(Operation.Models, "/models")
        .path(Operation.CountTokens, "/v1/messages/count_tokens")
        .key(Auth.ApiKey)
        .quirk(Quirk.ModelsProveKey);
    case ProviderType.Gemini:
      return new Vendor(gemini, Bytes.of("generativelanguage.googleapis.com"), "/v1beta")
        .path(Operation.Chat, "")
        .path(Operation.Embeddings, "")
        .path(Operation.CountTokens, "")
        .key(Auth.GoogleApiKey)
        .quirk(Quirk.ModelsProveKey);
    case ProviderType.Azure:
      return new Vendor(openai, EMPTY, "")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings")
        .at(Operation.Models, "/models")
        .at(Operation.ImageGenerations, "/images/generations")
        .at(Operation.ImageEdits, "/images/edits")
        .at(Operation.Speech, "/audio/speech")
        .at(Operation.Transcriptions, "/audio/transcriptions")
        .at(Operation.Translations, "/audio/translations")
        .key(Auth.AzureKey);
    case ProviderType.Bedrock:
      return new Vendor(bedrock, EMPTY, "").path(Operation.Chat, "");
    case ProviderType.Vertex:
      return new Vendor(gemini, Bytes.of("aiplatform.googleapis.com"), "/v1").path(Operation.Chat, "").key(Auth.GoogleApiKey);
    case ProviderType.Deepseek:
      return new Vendor(openai, Bytes.of("api.deepseek.com"), "/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Models, "/models")
        .also(anthropic, "/anthropic/v1/messages")
        .quirk(Quirk.ThinkingBack)
        .quirk(Quirk.ModelsProveKey);
    case ProviderType.Moonshot:
      return new Vendor(openai, Bytes.of("api.moonshot.cn"), "/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Models, "/models")
        .at(Operation.Files, "/files")
        .also(anthropic, "/anthropic/v1/messages")
        .quirk(Quirk.ThinkingBack)
        .quirk(Quirk.ModelsProveKey);
    case ProviderType.Qwen:
      return new Vendor(openai, either(fields.qwenDomain, "dashscope.aliyuncs.com"), "/compatible-mode/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings")
        .path(Operation.Rerank, "/compatible-api/v1/reranks")
        .at(Operation.Files, "/files")
        .at(Operation.Batches, "/batches")
        .also(anthropic, "/apps/anthropic/v1/messages")
        .also(responses, "/api/v2/apps/protocols/compatible-mode/v1/responses");
    case ProviderType.Zhipuai:
      return new Vendor(openai, either(fields.zhipuDomain, "open.bigmodel.cn"), "/api/paas/v4")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings")
        .also(anthropic, "/api/anthropic/v1/messages");
    case ProviderType.Mistral:
      return new Vendor(openai, Bytes.of("api.mistral.ai"), "/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings")
        .at(Operation.Models, "/models")
        .at(Operation.Moderations, "/moderations")
        .at(Operation.Files, "/files")
        .quirk(Quirk.NoStreamOptions)
        .quirk(Quirk.OldLimit)
        .quirk(Quirk.ModelsProveKey);
    case ProviderType.Groq:
      return new Vendor(openai, Bytes.of("api.groq.com"), "/openai/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Models, "/models")
        .at(Operation.Speech, "/audio/speech")
        .at(Operation.Transcriptions, "/audio/transcriptions")
        .at(Operation.Translations, "/audio/translations")
        .at(Operation.Files, "/files")
        .at(Operation.Batches, "/batches")
        .also(responses, "/openai/v1/responses")
        .quirk(Quirk.ModelsProveKey);
    case ProviderType.Openrouter:
      return new Vendor(openai, Bytes.of("openrouter.ai"), "/api/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings")
        .at(Operation.Models, "/models")
        .also(completions, "/api/v1/completions")
        .also(responses, "/api/v1/responses")
        .also(anthropic, "/api/v1/messages");
    case ProviderType.Ollama:
      return new Vendor(openai, withPort(fields.ollamaServerHost, fields.ollamaServerPort), "/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings")
        .at(Operation.Models, "/models")
        .also(completions, "/v1/completions");
    case ProviderType.Vllm:
      return new Vendor(openai, fields.vllmServerHost, "/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings")
        .at(Operation.Models, "/models")
        .at(Operation.Transcriptions, "/audio/transcriptions")
        .at(Operation.Translations, "/audio/translations")
        .at(Operation.Rerank, "/rerank")
        .also(completions, "/v1/completions")
        .also(responses, "/v1/responses");
    case ProviderType.Cohere:
      return new Vendor(cohere, Bytes.of("api.cohere.com"), "/v2")
        .path(Operation.Chat, "/v2/chat")
        .path(Operation.Embeddings, "/v2/embed")
        .at(Operation.Rerank, "/rerank");
    case ProviderType.Grok:
      return new Vendor(openai, Bytes.of("api.x.ai"), "/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Models, "/models")
        .at(Operation.ImageGenerations, "/images/generations")
        .also(responses, "/v1/responses")
        .quirk(Quirk.ModelsProveKey);
    case ProviderType.Doubao:
      return new Vendor(openai, either(fields.doubaoDomain, "ark.cn-beijing.volces.com"), "/api/v3")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings")
        .at(Operation.Models, "/models")
        .at(Operation.ImageGenerations, "/images/generations")
        .at(Operation.Files, "/files")
        .also(responses, "/api/v3/responses");
    case ProviderType.Hunyuan:
      return new Vendor(openai, Bytes.of("api.hunyuan.cloud.tencent.com"), "/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings");
    case ProviderType.Baidu:
      return new Vendor(openai, Bytes.of("qianfan.baidubce.com"), "/v2")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings");
    case ProviderType.Spark:
      return new Vendor(openai, Bytes.of("spark-api-open.xf-yun.com"), "/v1").at(Operation.Chat, "/chat/completions");
    case ProviderType.Minimax:
      return new Vendor(openai, Bytes.of("api.minimax.chat"), "/v1").path(Operation.Chat, "/v1/text/chatcompletion_v2");
    case ProviderType.Yi:
      return new Vendor(openai, Bytes.of("api.lingyiwanwu.com"), "/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Models, "/models");
    case ProviderType.Baichuan:
      return new Vendor(openai, Bytes.of("api.baichuan-ai.com"), "/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings");
    case ProviderType.Stepfun:
      return new Vendor(openai, Bytes.of("api.stepfun.com"), "/v1").at(Operation.Chat, "/chat/completions").at(Operation.Models, "/models");
    case ProviderType.Ai360:
      return new Vendor(openai, Bytes.of("api.360.cn"), "/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings")
        .key(Auth.Token);
    case ProviderType.Cloudflare:
      return new Vendor(openai, Bytes.of("api.cloudflare.com"), `/client/v4/accounts/${fields.cloudflareAccountId.toString()}/ai/v1`)
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings");
    case ProviderType.Github:
      return new Vendor(openai, Bytes.of("models.github.ai"), "/inference")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings");
    case ProviderType.Fireworks:
      return new Vendor(openai, Bytes.of("api.fireworks.ai"), "/inference/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings")
        .at(Operation.Models, "/models")
        .also(completions, "/inference/v1/completions")
        .also(responses, "/inference/v1/responses");
    case ProviderType.TogetherAi:
      return new Vendor(openai, Bytes.of("api.together.xyz"), "/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings")
        .at(Operation.Models, "/models")
        .at(Operation.ImageGenerations, "/images/generations")
        .at(Operation.Speech, "/audio/speech")
        .at(Operation.Rerank, "/rerank")
        .also(completions, "/v1/completions");
    case ProviderType.Longcat:
      return new Vendor(openai, Bytes.of("api.longcat.chat"), "/openai/v1")
        .at(Operation.Chat, "/chat/completions")
        .also(anthropic, "/anthropic/v1/messages");
    case ProviderType.Perplexity:
      return new Vendor(openai, Bytes.of("api.perplexity.ai"), "").at(Operation.Chat, "/chat/completions");
    case ProviderType.Huggingface:
      return new Vendor(openai, Bytes.of("router.huggingface.co"), "/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Models, "/models")
        .also(responses, "/v1/responses");
    case ProviderType.Nvidia:
      return new Vendor(openai, Bytes.of("integrate.api.nvidia.com"), "/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings")
        .at(Operation.Models, "/models")
        .also(completions, "/v1/completions");
    case ProviderType.Sambanova:
      return new Vendor(openai, Bytes.of("api.sambanova.ai"), "/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings")
        .at(Operation.Models, "/models")
        .at(Operation.Transcriptions, "/audio/transcriptions");
    case ProviderType.Cerebras:
      return new Vendor(openai, Bytes.of("api.cerebras.ai"), "/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Models, "/models")
        .also(completions, "/v1/completions");
    case ProviderType.Deepinfra:
      return new Vendor(openai, Bytes.of("api.deepinfra.com"), "/v1/openai")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings")
        .at(Operation.Models, "/models")
        .at(Operation.ImageGenerations, "/images/generations")
        .also(completions, "/v1/openai/completions");
    case ProviderType.Hyperbolic:
      return new Vendor(openai, Bytes.of("api.hyperbolic.xyz"), "/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Models, "/models")
        .also(completions, "/v1/completions");
    case ProviderType.Novita:
      return new Vendor(openai, Bytes.of("api.novita.ai"), "/v3/openai")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings")
        .at(Operation.Models, "/models")
        .also(completions, "/v3/openai/completions");
    case ProviderType.Siliconflow:
      return new Vendor(openai, Bytes.of("api.siliconflow.cn"), "/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings")
        .at(Operation.Models, "/models")
        .at(Operation.ImageGenerations, "/images/generations")
        .at(Operation.Speech, "/audio/speech")
        .at(Operation.Transcriptions, "/audio/transcriptions")
        .at(Operation.Rerank, "/rerank")
        .also(anthropic, "/v1/messages");
    case ProviderType.Modelscope:
      return new Vendor(openai, Bytes.of("api-inference.modelscope.cn"), "/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Models, "/models");
    case ProviderType.Lkeap:
      return new Vendor(openai, Bytes.of("api.lkeap.cloud.tencent.com"), "/v1")
        .at(Operation.Chat, "/chat/completions")
        .also(anthropic, "/api/anthropic/v1/messages");
    case ProviderType.Ai21:
      return new Vendor(openai, Bytes.of("api.ai21.com"), "/studio/v1").at(Operation.Chat, "/chat/completions");
    case ProviderType.Databricks:
      return new Vendor(openai, EMPTY, "/serving-endpoints")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings");
    case ProviderType.Voyage:
      return new Vendor(openai, Bytes.of("api.voyageai.com"), "/v1")
        .at(Operation.Embeddings, "/embeddings")
        .at(Operation.Rerank, "/rerank");
    case ProviderType.Jina:
      return new Vendor(openai, Bytes.of("api.jina.ai"), "/v1").at(Operation.Embeddings, "/embeddings").at(Operation.Rerank, "/rerank");
    case ProviderType.Lmstudio:
      return new Vendor(openai, EMPTY, "/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings")
        .at(Operation.Models, "/models")
        .also(completions, "/v1/completions")
        .also(responses, "/v1/responses");
    case ProviderType.Llamacpp:
      return new Vendor(openai, EMPTY, "/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings")
        .at(Operation.Models, "/models")
        .at(Operation.Rerank, "/rerank")
        .also(anthropic, "/v1/messages")
        .also(completions, "/v1/completions");
    case ProviderType.Xinference:
      return new Vendor(openai, EMPTY, "/v1")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings")
        .at(Operation.Models, "/models")
        .at(Operation.ImageGenerations, "/images/generations")
        .at(Operation.Rerank, "/rerank")
        .also(completions, "/v1/completions");
    case ProviderType.Dify:
      return new Vendor(dify, Bytes.of("api.dify.ai"), "/v1").path(Operation.Chat, "");
    case ProviderType.Deepl:
      return new Vendor(deepl, Bytes.of("api.deepl.com"), "/v2").path(Operation.Chat, "");
    case ProviderType.Triton:
      return new Vendor(triton, fields.tritonDomain, "/v2").path(Operation.Chat, "");
    case ProviderType.Generic:
      return new Vendor(openai, fields.genericHost, "")
        .at(Operation.Chat, "/chat/completions")
        .at(Operation.Embeddings, "/embeddings")
        .quirk(Quirk.PassesThrough)
        .quirk(Quirk.CallersKey);
    default:
      return new Vendor(openai, EMPTY, "");
  }
}

/** The field that a provider of this type must have, and this one lacks; empty: it has all. */
export function missingField(fields: ProviderFields): string {
  switch (fields.type) {
    case ProviderType.Azure:
      return fields.azureServiceUrl.isEmpty ? "azureServiceUrl" : "";
    case ProviderType.Bedrock:
      return fields.providerDomain.isEmpty ? "providerDomain" : "";
    case ProviderType.Ollama:
      return fields.ollamaServerHost.isEmpty && fields.providerDomain.isEmpty ? "ollamaServerHost" : "";
    case ProviderType.Vllm:
      return fields.vllmServerHost.isEmpty && fields.providerDomain.isEmpty ? "vllmServerHost" : "";
    case ProviderType.Cloudflare:
      return fields.cloudflareAccountId.isEmpty ? "cloudflareAccountId" : "";
    case ProviderType.Databricks:
      return fields.providerDomain.isEmpty ? "providerDomain" : "";
    case ProviderType.Lmstudio:
      return fields.providerDomain.isEmpty ? "providerDomain" : "";
    case ProviderType.Llamacpp:
      return fields.providerDomain.isEmpty ? "providerDomain" : "";
    case ProviderType.Xinference:
      return fields.providerDomain.isEmpty ? "providerDomain" : "";
    case ProviderType.Triton:
      return fields.tritonDomain.isEmpty && fields.providerDomain.isEmpty ? "tritonDomain" : "";
    default:
      return "";
  }
}
