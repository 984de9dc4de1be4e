import type { KubeObject } from '#apimachinery';
import type { MatchResources, ParamRef } from '#kinds';
import type { ConfigurationSection, ConfigurationView } from '../dynamic/configuration-view.js';
import { type CompiledMatch, compiledMatch } from './policy-match.js';

/** What bindings of both kinds have. */
export interface Binding extends KubeObject {
  readonly spec: {
    readonly policyName?: string;
    readonly paramRef?: ParamRef;
    readonly matchResources?: MatchResources;
    readonly validationActions?: readonly string[];
  };
}

export interface CompiledBinding {
  readonly name: string;
  readonly policyName: string;
  readonly paramRef: ParamRef | undefined;
  /** undefined: whatever the policy matches. */
  readonly match: CompiledMatch | undefined;
  readonly actions: readonly string[];
}

export interface Bound<P> {
  readonly policy: P;
  readonly bindings: readonly CompiledBinding[];
}

function compiledBindings(objects: readonly KubeObject[]): ReadonlyMap<string, readonly CompiledBinding[]> {
  const bindings = (objects as readonly Binding[]).map(({ metadata, spec }): CompiledBinding => ({
    name: metadata.name ?? '',
    policyName: spec?.policyName ?? '',
    paramRef: spec?.paramRef,
    match: spec?.matchResources && compiledMatch(spec.matchResources),
    actions: spec?.validationActions ?? [],
  }));
  const byPolicy = new Map<string, CompiledBinding[]>();
  for (const binding of bindings) {
    const others = byPolicy.get(binding.policyName);
    if (others) others.push(binding);
    else byPolicy.set(binding.policyName, [binding]);
  }
  return byPolicy;
}

/** Policies that are bound, by name: one that is not has no effect. What is compiled stays until a policy changes. */
export function boundPolicies<P extends { readonly name: string }>(
  view: ConfigurationView,
  sections: { readonly policies: ConfigurationSection; readonly bindings: ConfigurationSection },
  compile: (policy: KubeObject) => P,
): readonly Bound<P>[] {
  if (view.isEmpty(sections.policies) || view.isEmpty(sections.bindings)) return [];
  const policies = view.derivedFrom(sections.policies, (objects) => objects.map(compile));
  const bindings = view.derivedFrom(sections.bindings, compiledBindings);
  return policies.flatMap((policy) => {
    const own = bindings.get(policy.name);
    return own ? [{ policy, bindings: own }] : [];
  });
}
