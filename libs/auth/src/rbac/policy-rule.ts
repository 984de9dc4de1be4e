import type { RequestAttributes } from '../user.js';

/** rbac/v1 PolicyRule. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

const ALL = '*';

/** Models RuleAllows of the RBAC authorizer and rbac/v1 evaluation helpers (1.36). */
export function ruleAllows(rule: PolicyRule, attributes: RequestAttributes): boolean {
  if (!rule.verbs.includes(ALL) && !rule.verbs.includes(attributes.verb)) return false;
  if (attributes.kind === 'path') return pathMatches(rule.nonResourceURLs ?? [], attributes.path);
  const { group, resource, subresource, name } = attributes;
  const groups = rule.apiGroups ?? [];
  if (!groups.includes(ALL) && !groups.includes(group)) return false;
  if (!resourceMatches(rule.resources ?? [], resource, subresource)) return false;
  const names = rule.resourceNames ?? [];
  return names.length === 0 || names.includes(name);
}

/** 'pods', 'pods/log', '*' and, for a subresource of any resource, its name after a star and a slash. */
function resourceMatches(resources: readonly string[], resource: string, subresource: string): boolean {
  if (resources.includes(ALL)) return true;
  if (subresource === '') return resources.includes(resource);
  return resources.includes(`${resource}/${subresource}`) || resources.includes(`${ALL}/${subresource}`);
}

function pathMatches(patterns: readonly string[], path: string): boolean {
  return patterns.some((pattern) => {
    if (pattern === ALL || pattern === path) return true;
    return pattern.endsWith(ALL) && path.startsWith(pattern.slice(0, -1));
  });
}
