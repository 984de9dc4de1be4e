import { deepEqual, type FieldError, fieldError } from '#apimachinery';
import { column, wide } from '../columns.js';
import { wideTableOf } from '../generic-columns.js';
import type {
  AggregationRule,
  ClusterRoleBinding,
  PolicyRule,
  RbacV1Subject,
  RoleBinding,
} from '../generated/types.js';

/** Models ValidatePolicyRule of pkg/apis/rbac/validation (1.36). */
export function checkRules(errors: FieldError[], rules: readonly PolicyRule[] = [], isNamespaced: boolean): void {
  for (const [i, rule] of rules.entries()) {
    const at = `rules[${i}]`;
    if (!rule.verbs?.length) errors.push(fieldError.required(`${at}.verbs`, 'verbs must contain at least one value'));
    if (rule.nonResourceURLs?.length) {
      if (isNamespaced) {
        const why = 'namespaced rules cannot apply to non-resource URLs';
        errors.push(fieldError.invalid(`${at}.nonResourceURLs`, rule.nonResourceURLs, why));
      }
      if (rule.apiGroups?.length || rule.resources?.length || rule.resourceNames?.length) {
        const why = 'rules cannot apply to both regular resources and non-resource URLs';
        errors.push(fieldError.invalid(`${at}.nonResourceURLs`, rule.nonResourceURLs, why));
      }
      continue;
    }
    if (!rule.apiGroups?.length) {
      errors.push(fieldError.required(`${at}.apiGroups`, 'resource rules must supply at least one api group'));
    }
    if (!rule.resources?.length) {
      errors.push(fieldError.required(`${at}.resources`, 'resource rules must supply at least one resource'));
    }
  }
}

export function checkAggregation(errors: FieldError[], rule: AggregationRule | undefined): void {
  if (rule && !rule.clusterRoleSelectors?.length) {
    errors.push(
      fieldError.required(
        'aggregationRule.clusterRoleSelectors',
        'at least one clusterRoleSelector required if aggregationRule is non-nil',
      ),
    );
  }
}

type Binding = RoleBinding | ClusterRoleBinding;
const RBAC = 'rbac.authorization.k8s.io';

/** Which group a kind of subject belongs to when nobody says. Models SetDefaults_Subject. */
export function applyBindingDefaults({ roleRef, subjects }: Binding): void {
  if (roleRef) roleRef.apiGroup ||= RBAC;
  for (const subject of subjects ?? []) {
    if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= RBAC;
  }
}

export function checkBinding(errors: FieldError[], { roleRef, subjects }: Binding, kinds: readonly string[]): void {
  if (roleRef?.apiGroup !== RBAC)
    errors.push(fieldError.notSupported('roleRef.apiGroup', roleRef?.apiGroup ?? '', [RBAC]));
  if (!kinds.includes(roleRef?.kind ?? ''))
    errors.push(fieldError.notSupported('roleRef.kind', roleRef?.kind ?? '', kinds));
  if (!roleRef?.name) errors.push(fieldError.required('roleRef.name'));
  for (const [i, subject] of (subjects ?? []).entries()) checkSubject(errors, `subjects[${i}]`, subject);
}

function checkSubject(errors: FieldError[], at: string, { kind, name, namespace, apiGroup = '' }: RbacV1Subject): void {
  if (!name) errors.push(fieldError.required(`${at}.name`));
  if (kind === 'ServiceAccount') {
    if (apiGroup !== '') errors.push(fieldError.notSupported(`${at}.apiGroup`, apiGroup, ['']));
    if (!namespace) errors.push(fieldError.required(`${at}.namespace`));
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== RBAC) errors.push(fieldError.notSupported(`${at}.apiGroup`, apiGroup, [RBAC]));
  } else {
    errors.push(fieldError.notSupported(`${at}.kind`, kind ?? '', ['Group', 'ServiceAccount', 'User']));
  }
}

export function checkRoleRefKept(now: Binding, before: Binding): FieldError[] {
  if (deepEqual(now.roleRef, before.roleRef)) return [];
  return [fieldError.invalid('roleRef', now.roleRef, 'cannot change roleRef')];
}

function namesOf(subjects: readonly RbacV1Subject[] | undefined, kind: string): string {
  return (subjects ?? [])
    .filter((subject) => subject.kind === kind)
    .map(({ name, namespace }) => (kind === 'ServiceAccount' ? `${namespace}/${name}` : name))
    .join(', ');
}

/** Models printRoleBinding (1.36). */
export const bindingTable = wideTableOf<Binding>(
  [column('Role')],
  ({ roleRef }) => [`${roleRef.kind}/${roleRef.name}`],
  [wide('Users'), wide('Groups'), wide('ServiceAccounts')],
  ({ subjects }) => [namesOf(subjects, 'User'), namesOf(subjects, 'Group'), namesOf(subjects, 'ServiceAccount')],
);

/** Colons are fine ('system:node'), path segments are not what they seem. Models path.ValidatePathSegmentName. */
export function pathSegmentName(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);
}
