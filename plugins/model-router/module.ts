/** The module `model-router.wasm`: this one plugin. */
import { Module, serveModule } from "../../shared/pipeline/module";
import { ModelRouterFactory } from "./index";

export * from "../../shared/host/abi";

serveModule(new Module(false).with(new ModelRouterFactory()));
