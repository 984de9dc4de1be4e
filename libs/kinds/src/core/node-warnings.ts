import type { Node, NodeSelectorTerm } from '../generated/types.js';

/** Labels of nodes that have newer names. Models pkg/api/node/util.go (1.36). */
const DEPRECATED: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

export function deprecatedLabel(key: string): string | undefined {
  return Object.hasOwn(DEPRECATED, key) ? DEPRECATED[key] : undefined;
}

/** Models GetWarningsForNodeSelectorTerm (1.36). */
export function warnOfTerm(warnings: string[], at: string, { matchExpressions = [] }: NodeSelectorTerm = {}): void {
  for (const [i, { key }] of matchExpressions.entries()) {
    const why = deprecatedLabel(key);
    if (why) warnings.push(`${at}.matchExpressions[${i}].key: ${key} is ${why}`);
  }
}

/** Models nodeWarnings of pkg/registry/core/node (1.36). */
export function nodeWarnings({ spec }: Node): string[] {
  const warnings: string[] = [];
  if (spec?.configSource) {
    warnings.push('spec.configSource: deprecated in v1.22, support removal is planned in v1.26');
  }
  if (spec?.externalID) warnings.push('spec.externalID: deprecated in v1.10, this field is unused');
  return warnings;
}
