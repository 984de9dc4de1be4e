import { dns1123Label, dns1123Subdomain, type FieldError, fieldError } from '#apimachinery';
import { checkName } from '../field-rules.js';
import type {
  FlowcontrolV1Subject,
  NonResourcePolicyRule,
  PolicyRulesWithSubjects,
  ResourcePolicyRule,
} from '../generated/types.js';

/** Who and what a FlowSchema is about. Models pkg/apis/flowcontrol/validation (1.36). */

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];
const FIELD_OF_KIND = { ServiceAccount: 'serviceAccount', User: 'user', Group: 'group' } as const;
type SubjectKind = keyof typeof FIELD_OF_KIND;
const SUBJECT_KINDS = Object.keys(FIELD_OF_KIND) as SubjectKind[];

export function checkFlowRule(errors: FieldError[], at: string, rule: PolicyRulesWithSubjects): void {
  const { subjects = [], resourceRules = [], nonResourceRules = [] } = rule;
  if (subjects.length === 0) {
    errors.push(fieldError.required(`${at}.subjects`, 'subjects must contain at least one value'));
  }
  for (const [i, subject] of subjects.entries()) checkSubject(errors, `${at}.subjects[${i}]`, subject);
  if (resourceRules.length === 0 && nonResourceRules.length === 0) {
    errors.push(fieldError.required(at, 'at least one of resourceRules and nonResourceRules has to be non-empty'));
  }
  for (const [i, one] of resourceRules.entries()) checkResourceRule(errors, `${at}.resourceRules[${i}]`, one);
  for (const [i, one] of nonResourceRules.entries()) checkPathRule(errors, `${at}.nonResourceRules[${i}]`, one);
}

function checkSubject(errors: FieldError[], at: string, subject: FlowcontrolV1Subject): void {
  const kind = SUBJECT_KINDS.find((one) => one === subject.kind);
  if (!kind) {
    errors.push(fieldError.notSupported(`${at}.kind`, subject.kind ?? '', SUBJECT_KINDS.toSorted()));
    return;
  }
  const field = FIELD_OF_KIND[kind];
  const named = subject[field];
  if (!named) errors.push(fieldError.required(`${at}.${field}`, `${field} is required when subject kind is '${kind}'`));
  else if (kind === 'ServiceAccount') checkAccount(errors, `${at}.${field}`, subject.serviceAccount ?? {});
  else if (!named.name) errors.push(fieldError.required(`${at}.${field}.name`));
  // In upstream's order, which is not that of the kinds.
  for (const other of ['ServiceAccount', 'User', 'Group'] as const) {
    const name = FIELD_OF_KIND[other];
    if (other === kind || !subject[name]) continue;
    errors.push(fieldError.forbidden(`${at}.${name}`, `${name} is forbidden when subject kind is not '${other}'`));
  }
}

function checkAccount(errors: FieldError[], at: string, account: { name?: string; namespace?: string }): void {
  const { name, namespace } = account;
  if (name !== '*') checkName(errors, `${at}.name`, name, dns1123Subdomain);
  if (namespace) checkName(errors, `${at}.namespace`, namespace, dns1123Label);
  else errors.push(fieldError.required(`${at}.namespace`, 'must specify namespace for service account'));
}

const hasWildcard = (list: readonly string[]) => list.includes('*');

function checkAlone(errors: FieldError[], field: string, list: readonly string[], others: string): void {
  if (list.length < 2 || !hasWildcard(list)) return;
  errors.push(fieldError.invalid(field, list, `if '*' is present, must not specify other ${others}`));
}

function checkVerbs(errors: FieldError[], field: string, verbs: readonly string[] = []): void {
  if (verbs.length === 0) errors.push(fieldError.required(field, 'verbs must contain at least one value'));
  else if (hasWildcard(verbs)) checkAlone(errors, field, verbs, 'verbs');
  else if (!verbs.every((verb) => VERBS.includes(verb))) errors.push(fieldError.notSupported(field, verbs, VERBS));
}

function checkPathRule(errors: FieldError[], at: string, { verbs, nonResourceURLs = [] }: NonResourcePolicyRule): void {
  checkVerbs(errors, `${at}.verbs`, verbs);
  const field = `${at}.nonResourceURLs`;
  if (nonResourceURLs.length === 0) {
    errors.push(fieldError.required(field, 'nonResourceURLs must contain at least one value'));
  } else if (hasWildcard(nonResourceURLs)) {
    checkAlone(errors, field, nonResourceURLs, 'non-resource URLs');
  } else {
    for (const [i, path] of nonResourceURLs.entries()) {
      const wrong = pathError(path);
      if (wrong) errors.push(fieldError.invalid(`${field}[${i}]`, path, wrong));
    }
  }
}

/** Models ValidateNonResourceURLPath: a star only as the last segment. */
function pathError(path: string): string | undefined {
  if (path === '') return 'must not be empty';
  if (path === '/') return undefined;
  if (!path.startsWith('/')) return 'must start with slash';
  if (path.includes(' ')) return 'must not contain white-space';
  if (path.includes('//')) return 'must not contain double slash';
  const star = path.indexOf('*');
  const isLastSegment = star === path.length - 1 && path.endsWith('/*');
  return star === -1 || isLastSegment ? undefined : 'wildcard can only do suffix matching';
}

const NAMESPACES_WHY = "each member of this list must be '*' or a DNS-1123 label; ";

function checkResourceRule(errors: FieldError[], at: string, rule: ResourcePolicyRule): void {
  const { verbs, apiGroups = [], resources = [], namespaces = [], clusterScope = false } = rule;
  checkVerbs(errors, `${at}.verbs`, verbs);
  if (apiGroups.length === 0) {
    errors.push(fieldError.required(`${at}.apiGroups`, 'resource rules must supply at least one api group'));
  } else checkAlone(errors, `${at}.apiGroups`, apiGroups, 'api groups');
  if (resources.length === 0) {
    errors.push(fieldError.required(`${at}.resources`, 'resource rules must supply at least one resource'));
  } else checkAlone(errors, `${at}.resources`, resources, 'resources');
  const field = `${at}.namespaces`;
  if (namespaces.length === 0 && !clusterScope) {
    const why = 'resource rules that are not cluster scoped must supply at least one namespace';
    errors.push(fieldError.required(field, why));
  } else if (hasWildcard(namespaces)) {
    checkAlone(errors, field, namespaces, 'namespaces');
  } else {
    for (const [i, namespace] of namespaces.entries()) {
      for (const why of dns1123Label(namespace)) {
        errors.push(fieldError.invalid(`${field}[${i}]`, namespace, NAMESPACES_WHY + why));
      }
    }
  }
}
