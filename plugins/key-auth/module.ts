/** The module `key-auth.wasm`: this one plugin. */
import { Module, serveModule } from "../../shared/pipeline/module";
import { KeyAuthFactory } from "./index";

export * from "../../shared/host/abi";

serveModule(new Module(false).with(new KeyAuthFactory()));
