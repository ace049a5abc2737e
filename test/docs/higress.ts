/** What Higress hands a plugin from a WasmPlugin resource (extensions.higress.io/v1alpha1). */

export interface WasmPlugin {
  readonly kind: string;
  readonly spec: {
    readonly defaultConfig?: object;
    readonly defaultConfigDisable?: boolean;
    readonly matchRules?: readonly {
      readonly ingress?: readonly string[];
      readonly domain?: readonly string[];
      readonly service?: readonly string[];
      readonly config?: object;
      readonly configDisable?: boolean;
    }[];
  };
}

/** `defaultConfig` is the global part; each of `matchRules` becomes a rule, unless it is disabled. */
export function pluginConfiguration({ spec }: WasmPlugin): object {
  const rules = (spec.matchRules ?? [])
    .filter(({ configDisable }) => configDisable !== true)
    .map(({ ingress, domain, service, config }) => ({
      ...config,
      ...(ingress && { _match_route_: ingress }),
      ...(domain && { _match_domain_: domain }),
      ...(service && { _match_service_: service }),
    }));
  return {
    ...(spec.defaultConfigDisable ? {} : spec.defaultConfig),
    ...(rules.length > 0 && { _rules_: rules }),
  };
}
