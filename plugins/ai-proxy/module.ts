/** The module `ai-proxy.wasm`: this one plugin. */
import { Module, serveModule } from "../../shared/pipeline/module";
import { AiProxyFactory } from "./index";

export * from "../../shared/host/abi";

serveModule(new Module(false).with(new AiProxyFactory()));
