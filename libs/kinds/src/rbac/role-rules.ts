import { deepEqual, dns1123Subdomain, type FieldError, fieldError, validateLabelSelector } from '#apimachinery';
import { column, wide } from '../columns.js';
import { checkForm, checkName } from '../field-rules.js';
import { wideTableOf } from '../generic-columns.js';
import type {
  AggregationRule,
  ClusterRoleBinding,
  PolicyRule,
  RbacV1Subject,
  RoleBinding,
} from '../generated/types.js';
import { pathSegmentName } from '../path-rules.js';

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

/** Models the rest of ValidateClusterRole (1.36). */
export function checkAggregation(errors: FieldError[], rule: AggregationRule | undefined): void {
  if (!rule) return;
  const at = 'aggregationRule.clusterRoleSelectors';
  const { clusterRoleSelectors: selectors = [] } = rule;
  if (selectors.length === 0) {
    errors.push(fieldError.required(at, 'at least one clusterRoleSelector required if aggregationRule is non-nil'));
  }
  for (const [i, selector] of selectors.entries()) errors.push(...validateLabelSelector(selector, `${at}[${i}]`));
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

/** Models ValidateRoleBinding and ValidateClusterRoleBinding (1.36). `kinds`: of roles that it may refer to. */
export function checkBinding(errors: FieldError[], { roleRef, subjects }: Binding, kinds: readonly string[]): void {
  if (roleRef?.apiGroup !== RBAC)
    errors.push(fieldError.notSupported('roleRef.apiGroup', roleRef?.apiGroup ?? '', [RBAC]));
  if (!kinds.includes(roleRef?.kind ?? ''))
    errors.push(fieldError.notSupported('roleRef.kind', roleRef?.kind ?? '', kinds));
  checkName(errors, 'roleRef.name', roleRef?.name, pathSegmentName);
  const isNamespaced = kinds.includes('Role');
  for (const [i, subject] of (subjects ?? []).entries()) {
    checkSubject(errors, `subjects[${i}]`, subject, isNamespaced);
  }
}

/** In a RoleBinding an account without a namespace is one of the binding's own. */
function checkSubject(errors: FieldError[], at: string, subject: RbacV1Subject, isNamespaced: boolean): void {
  const { kind, name, namespace, apiGroup = '' } = subject;
  if (!name) errors.push(fieldError.required(`${at}.name`));
  if (kind === 'ServiceAccount') {
    checkForm(errors, `${at}.name`, name, dns1123Subdomain);
    if (apiGroup !== '') errors.push(fieldError.notSupported(`${at}.apiGroup`, apiGroup, ['']));
    if (!isNamespaced && !namespace) errors.push(fieldError.required(`${at}.namespace`));
  } else if (kind === 'User' || kind === 'Group') {
    if (!name) errors.push(fieldError.invalid(`${at}.name`, '', `${kind.toLowerCase()} name cannot be empty`));
    if (apiGroup !== RBAC) errors.push(fieldError.notSupported(`${at}.apiGroup`, apiGroup, [RBAC]));
  } else {
    errors.push(fieldError.notSupported(`${at}.kind`, kind ?? '', ['ServiceAccount', 'User', 'Group']));
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
