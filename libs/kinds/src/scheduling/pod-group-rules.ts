import { dns1123Label, dns1123Subdomain, type FieldError, fieldError, qualifiedName } from '#apimachinery';
import { checkForm, checkName, checkOneOf } from '../field-rules.js';
import type {
  V1alpha2PodGroupResourceClaim,
  V1alpha2PodGroupSchedulingConstraints,
  V1alpha2PodGroupSchedulingPolicy,
  V1alpha2PodGroupTemplate,
} from '../generated/types.js';

/** What groups of pods and their templates have in common. Models the rules declared in k8s.io/api/scheduling/v1alpha2 (1.36). */

const DISRUPTIONS = ['Pod', 'PodGroup'];
const CLAIMS_MAX = 4;
const TOPOLOGIES_MAX = 1;

type Grouped = Partial<Omit<V1alpha2PodGroupTemplate, 'name'>>;

export function checkGrouped(errors: FieldError[], at: string, one: Grouped): void {
  checkPolicy(errors, `${at}.schedulingPolicy`, one.schedulingPolicy);
  if (one.schedulingConstraints) {
    checkConstraints(errors, `${at}.schedulingConstraints`, one.schedulingConstraints);
  }
  checkClaims(errors, `${at}.resourceClaims`, one.resourceClaims);
  checkOneOf(errors, `${at}.disruptionMode`, one.disruptionMode, DISRUPTIONS);
  checkForm(errors, `${at}.priorityClassName`, one.priorityClassName, dns1123Subdomain);
}

/** Exactly one of the fields is set. Models validate.Union of k8s.io/apimachinery (1.36). */
export function checkUnion(errors: FieldError[], at: string, members: Readonly<Record<string, unknown>>): void {
  const set = Object.keys(members).filter((name) => members[name] !== undefined);
  if (set.length === 1) return;
  const all = Object.keys(members)
    .map((name) => `\`${name}\``)
    .join(', ');
  if (set.length === 0) errors.push(fieldError.invalid(at, '', `must specify one of: ${all}`));
  else errors.push(fieldError.invalid(at, `{${set.join(', ')}}`, `must specify exactly one of: ${all}`));
}

function checkPolicy(errors: FieldError[], at: string, policy: V1alpha2PodGroupSchedulingPolicy = {}): void {
  const { basic, gang } = policy;
  checkUnion(errors, at, { basic, gang });
  if (!gang) return;
  const { minCount = 0 } = gang;
  if (minCount === 0) errors.push(fieldError.required(`${at}.gang.minCount`));
  else if (minCount < 1) {
    errors.push(fieldError.invalid(`${at}.gang.minCount`, minCount, 'must be greater than or equal to 1'));
  }
}

function checkConstraints(
  errors: FieldError[],
  at: string,
  { topology = [] }: V1alpha2PodGroupSchedulingConstraints,
): void {
  if (topology.length > TOPOLOGIES_MAX) {
    return void errors.push(fieldError.tooMany(`${at}.topology`, topology.length, TOPOLOGIES_MAX));
  }
  for (const [i, { key }] of topology.entries()) checkName(errors, `${at}.topology[${i}].key`, key, qualifiedName);
}

function checkClaims(errors: FieldError[], field: string, claims: readonly V1alpha2PodGroupResourceClaim[] = []): void {
  if (claims.length > CLAIMS_MAX) return void errors.push(fieldError.tooMany(field, claims.length, CLAIMS_MAX));
  checkDistinct(errors, field, claims);
  for (const [i, { name, resourceClaimName, resourceClaimTemplateName }] of claims.entries()) {
    const at = `${field}[${i}]`;
    checkUnion(errors, at, { resourceClaimName, resourceClaimTemplateName });
    checkName(errors, `${at}.name`, name, dns1123Label);
    for (const [key, value] of Object.entries({ resourceClaimName, resourceClaimTemplateName })) {
      for (const why of value === undefined ? [] : dns1123Subdomain(value)) {
        errors.push(fieldError.invalid(`${at}.${key}`, value, why));
      }
    }
  }
}

/** Each name once; who repeats one is shown as a whole. Models validate.Unique. */
export function checkDistinct(errors: FieldError[], field: string, items: readonly { name?: string }[]): void {
  const seen = new Set<string>();
  for (const [i, item] of items.entries()) {
    const { name = '' } = item;
    if (seen.has(name)) errors.push(fieldError.duplicate(`${field}[${i}]`, item));
    seen.add(name);
  }
}
