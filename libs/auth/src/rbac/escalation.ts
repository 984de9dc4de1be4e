import { quotedList } from '../quoted-list.js';
import type { UserInfo } from '../user.js';
import type { PolicyRule } from './policy-rule.js';

/** Combinations of one rule that are looked at singly; a rule of more is told as it is. */
const COMBINATIONS_MAX = 10_000;
const ALL = '*';

/**
 * What of `wanted` is not in `held`, so that nobody can give away more than they have: single combinations, the verbs of each
 * resource together. Models validation.Covers and CompactRules of RBAC (1.36), with a bound on their cost.
 */
export function rulesNotHeld(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  const missing: PolicyRule[] = [];
  for (const rule of wanted) {
    if (held.some((one) => covers(one, rule))) continue;
    if (combinationsOf(rule) > COMBINATIONS_MAX) missing.push(rule);
    else missing.push(...singles(rule).filter((single) => !held.some((one) => covers(one, single))));
  }
  return compacted(missing);
}

function combinationsOf({
  verbs,
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
}: PolicyRule) {
  const names = Math.max(1, resourceNames.length);
  return verbs.length * (apiGroups.length * resources.length * names + nonResourceURLs.length);
}

function singles({
  verbs,
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
}: PolicyRule): PolicyRule[] {
  const found: PolicyRule[] = [];
  for (const group of apiGroups) {
    for (const resource of resources) {
      for (const verb of verbs) {
        const base = { verbs: [verb], apiGroups: [group], resources: [resource] };
        if (resourceNames.length === 0) found.push(base);
        else for (const name of resourceNames) found.push({ ...base, resourceNames: [name] });
      }
    }
  }
  for (const path of nonResourceURLs) for (const verb of verbs) found.push({ verbs: [verb], nonResourceURLs: [path] });
  return found;
}

/** Rules about one resource, and at most one name of it, become one. */
function compacted(rules: readonly PolicyRule[]): PolicyRule[] {
  const rest: PolicyRule[] = [];
  const simple = new Map<string, { rule: PolicyRule; verbs: string[] }>();
  for (const rule of rules) {
    const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
    if (apiGroups.length !== 1 || resources.length !== 1 || resourceNames.length > 1 || nonResourceURLs.length > 0) {
      rest.push(rule);
      continue;
    }
    const key = JSON.stringify([apiGroups, resources, resourceNames]);
    const known = simple.get(key);
    if (known) known.verbs.push(...verbs);
    else simple.set(key, { rule, verbs: [...verbs] });
  }
  return [...rest, ...[...simple.values()].map(({ rule, verbs }) => ({ ...rule, verbs }))];
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
/** The reason of the 403; `unresolved`: which of the user's own roles are not there. Models ConfirmNoEscalation (1.36). */
export function escalationMessage(user: UserInfo, missing: readonly PolicyRule[], unresolved = ''): string {
  const lines = [...new Set(missing.map(shown))].toSorted();
  return (
    `user ${JSON.stringify(user.username)} (groups=${quotedList(user.groups)}) is attempting to grant RBAC permissions ` +
    `not currently held:\n${lines.join('\n')}${unresolved === '' ? '' : `; resolution errors: [${unresolved}]`}`
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
    ...(apiGroups.length > 0 ? [`APIGroups:${quotedList(apiGroups)}`] : []),
    ...(resources.length > 0 ? [`Resources:${quotedList(resources)}`] : []),
    ...(nonResourceURLs.length > 0 ? [`NonResourceURLs:${quotedList(nonResourceURLs)}`] : []),
    ...(resourceNames.length > 0 ? [`ResourceNames:${quotedList(resourceNames)}`] : []),
    ...(verbs.length > 0 ? [`Verbs:${quotedList(verbs)}`] : []),
  ];
  return `{${parts.join(', ')}}`;
}
