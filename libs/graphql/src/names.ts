import type { GroupVersion } from '#apimachinery';
import type { Kind, KindCatalog } from '#kinds';

/** What one kind is called in the schema: { one: 'pod', many: 'pods', One: 'Pod', Many: 'Pods' }. */
export interface KindNames {
  readonly one: string;
  readonly many: string;
  readonly One: string;
  readonly Many: string;
}

const NAME = /^[_A-Za-z][_0-9A-Za-z]*$/;

/** 'ConfigMap' → 'configMap', 'CSIDriver' → 'csiDriver', 'IPAddress' → 'ipAddress'. */
export function lowerFirst(text: string): string {
  const run = /^[A-Z]+(?=[A-Z][a-z])|^[A-Z]+$|^[A-Z]/.exec(text)?.[0] ?? '';
  return run.toLowerCase() + text.slice(run.length);
}

export function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Any text as a GraphQL name, one to one enough for fields: '$ref' → '_ref', 'x-kubernetes-validations' → 'x_kubernetes_validations'. */
export function fieldName(property: string): string {
  if (NAME.test(property) && !property.startsWith('__')) return property;
  const cleaned = property.replace(/[^_0-9A-Za-z]/g, '_').replace(/^__+/, '_');
  return /^[0-9]/.test(cleaned) || cleaned === '' ? `_${cleaned}` : cleaned;
}

/**
 * Kind's capitals on the resource's plural: ('ReplicaSet', 'replicasets') → 'ReplicaSets', ('NetworkPolicy',
 * 'networkpolicies') → 'NetworkPolicies'. A plural that is the same word (Endpoints) loses its s in the singular.
 */
export function kindNames(kind: Pick<Kind, 'kind' | 'resource'>): KindNames {
  const lower = kind.kind.toLowerCase();
  let shared = 0;
  while (shared < lower.length && lower[shared] === kind.resource[shared]) shared++;
  const plural = fieldName(upperFirst(kind.kind.slice(0, shared) + kind.resource.slice(shared)));
  const One = fieldName(plural === kind.kind ? kind.kind.replace(/s$/, '') : kind.kind);
  // A CRD may call one and many the same.
  const Many = One === plural ? `${plural}List` : plural;
  return { one: lowerFirst(One), many: lowerFirst(Many), One, Many };
}

const pascal = (text: string) =>
  text
    .split(/[^0-9A-Za-z]+/)
    .map(upperFirst)
    .join('');

/**
 * client-go's accessors: '' v1 → 'coreV1', 'rbac.authorization.k8s.io' v1 → 'rbacV1'. Of two groups with the same first
 * label the first in the catalog has the short name (built-in groups come first), the other its whole: 'appsExampleOrgV1'.
 */
export function groupNames(catalog: KindCatalog): ReadonlyMap<string, string> {
  const taken = new Map<string, string>();
  const names = new Map<string, string>();
  for (const { name: group, versions } of catalog.groups) {
    const short = group === '' ? 'core' : group.split('.')[0]!;
    const owner = taken.get(short) ?? group;
    if (owner === group) taken.set(short, group);
    const chosen = owner === group ? short : group;
    for (const version of versions) {
      names.set(groupVersionKey({ group, version }), fieldName(lowerFirst(pascal(chosen)) + upperFirst(version)));
    }
  }
  return names;
}

export function groupVersionKey({ group, version }: GroupVersion): string {
  return `${group}/${version}`;
}

/** 'io.k8s.api.core.v1.PodSpec' → 'CoreV1PodSpec'; meta/v1's own keep their bare names: 'ObjectMeta'. */
export function typeName(definition: string): string {
  const parts = definition.split('.');
  const last = parts.slice(-3);
  if (last[0] === 'meta') return fieldName(last.slice(2).map(upperFirst).join(''));
  return fieldName(last.map((part) => pascal(part)).join(''));
}
