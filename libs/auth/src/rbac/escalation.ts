import type { UserInfo } from '../user.js';
import type { PolicyRule } from './policy-rule.js';

/** Combinations of one rule that are looked at singly; a rule of more counts as not held. */
const COMBINATIONS_MAX = 10_000;
const ALL = '*';

/**
 * What of `wanted` is not in `held`, so that nobody can give away more than they have.
 * Models validation.Covers of the RBAC rule resolver (1.36), with a bound on its cost.
 */
export function rulesNotHeld(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  const missing: PolicyRule[] = [];
  for (const rule of wanted) {
    if (held.some((one) => covers(one, rule))) continue;
    const verbs = rule.verbs.filter((verb) => !isHeld(held, { ...rule, verbs: [verb] }));
    if (verbs.length > 0) missing.push({ ...rule, verbs });
  }
  return missing;
}

/** A rule of one verb may be held in parts: every single combination by some rule. */
function isHeld(held: readonly PolicyRule[], rule: PolicyRule): boolean {
  const able = held.filter(({ verbs }) => within(rule.verbs, verbs));
  if (able.some((one) => covers(one, rule))) return true;
  const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const names = Math.max(1, resourceNames.length);
  if (apiGroups.length * resources.length * names + nonResourceURLs.length > COMBINATIONS_MAX) return false;
  return singles(rule).every((single) => able.some((one) => covers(one, single)));
}

function singles({
  verbs,
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
}: PolicyRule): PolicyRule[] {
  const found: PolicyRule[] = nonResourceURLs.map((path) => ({ verbs, nonResourceURLs: [path] }));
  for (const group of apiGroups) {
    for (const resource of resources) {
      const base = { verbs, apiGroups: [group], resources: [resource] };
      if (resourceNames.length === 0) found.push(base);
      else for (const name of resourceNames) found.push({ ...base, resourceNames: [name] });
    }
  }
  return found;
}

function covers(owner: PolicyRule, rule: PolicyRule): boolean {
  if (!within(rule.verbs, owner.verbs)) return false;
  if (rule.nonResourceURLs?.length) {
    if (rule.resources?.length) return false;
    return rule.nonResourceURLs.every((path) => coversPath(owner.nonResourceURLs ?? [], path));
  }
  if (!within(rule.apiGroups ?? [], owner.apiGroups ?? [])) return false;
  if (!(rule.resources ?? []).every((resource) => coversResource(owner.resources ?? [], resource))) return false;
  const names = owner.resourceNames ?? [];
  if (names.length === 0) return true;
  return (rule.resourceNames?.length ?? 0) > 0 && rule.resourceNames!.every((name) => names.includes(name));
}

function within(wanted: readonly string[], held: readonly string[]): boolean {
  return held.includes(ALL) || wanted.every((one) => held.includes(one));
}

function coversResource(held: readonly string[], resource: string): boolean {
  if (held.includes(ALL) || held.includes(resource)) return true;
  const slash = resource.indexOf('/');
  return slash >= 0 && held.includes(ALL + resource.slice(slash));
}

function coversPath(held: readonly string[], path: string): boolean {
  return held.some((one) => one === path || (one.endsWith(ALL) && path.startsWith(one.slice(0, -1))));
}

/** Go's %q of a list. */
const quoted = (list: readonly string[]) => `[${list.map((one) => JSON.stringify(one)).join(' ')}]`;

/** The reason of the 403. Models ConfirmNoEscalation (1.36). */
export function escalationMessage(user: UserInfo, missing: readonly PolicyRule[]): string {
  const lines = [...new Set(missing.map(shown))].toSorted();
  return (
    `user ${JSON.stringify(user.username)} (groups=${quoted(user.groups)}) is attempting to grant RBAC permissions ` +
    `not currently held:\n${lines.join('\n')}`
  );
}

function shown({
  verbs,
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
}: PolicyRule): string {
  const parts = [
    ...(apiGroups.length > 0 ? [`APIGroups:${quoted(apiGroups)}`] : []),
    ...(resources.length > 0 ? [`Resources:${quoted(resources)}`] : []),
    ...(nonResourceURLs.length > 0 ? [`NonResourceURLs:${quoted(nonResourceURLs)}`] : []),
    ...(resourceNames.length > 0 ? [`ResourceNames:${quoted(resourceNames)}`] : []),
    `Verbs:${quoted(verbs)}`,
  ];
  return `{${parts.join(', ')}}`;
}
