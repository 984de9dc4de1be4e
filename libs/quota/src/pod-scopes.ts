import type { PodSpec } from '#kinds';
import type { ScopeRequirement } from './evaluator.js';

/** Whether one of `present` (or their absence) is what the scope asks for. Models ScopedResourceSelectorRequirementsAsSelector (1.36). */
export function matchesValue({ operator, values = [] }: ScopeRequirement, present: readonly string[]): boolean {
  switch (operator) {
    case 'Exists':
      return present.length > 0;
    case 'DoesNotExist':
      return present.length === 0;
    case 'In':
      return present.some((value) => values.includes(value));
    case 'NotIn':
      return !present.some((value) => values.includes(value));
    default:
      return false;
  }
}

export function usesCrossNamespaceAffinity({ affinity }: PodSpec): boolean {
  return [affinity?.podAffinity, affinity?.podAntiAffinity].some((side) =>
    [
      ...(side?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
      ...(side?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
    ].some(({ namespaces, namespaceSelector }) => (namespaces?.length ?? 0) > 0 || namespaceSelector !== undefined),
  );
}
