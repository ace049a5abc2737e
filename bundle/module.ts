/** The module `sluice.wasm`: every stage there is, in the order in which a request meets them. The only place that knows them all. */
import { AiProxyFactory } from "../plugins/ai-proxy/index";
import { KeyAuthFactory } from "../plugins/key-auth/index";
import { ModelRouterFactory } from "../plugins/model-router/index";
import { Module, serveModule } from "../shared/pipeline/module";

export * from "../shared/host/abi";

serveModule(new Module(true).with(new KeyAuthFactory()).with(new ModelRouterFactory()).with(new AiProxyFactory()));
