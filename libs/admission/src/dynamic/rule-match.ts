import type { GroupVersionResource } from '#apimachinery';
import type { NamedRuleWithOperations } from '#kinds';
import type { AdmissionRequest } from '../plugin.js';
import { namespaceOf } from './attributes.js';

/** RuleWithOperations of webhooks; policies' rules name objects besides. */
export type Rule = NamedRuleWithOperations;

/** Whether a rule speaks of the request on that resource. Models rules.Matcher of apiserver's webhook predicates (1.36). */
export function ruleMatches(rule: Rule, request: AdmissionRequest, resource: GroupVersionResource): boolean {
  return (
    inScope(rule.scope, request) &&
    names(rule.operations, request.operation) &&
    names(rule.apiGroups, resource.group) &&
    names(rule.apiVersions, resource.version) &&
    (rule.resources ?? []).some((pattern) => resourceMatches(pattern, resource.resource, request.subresource))
  );
}

/** Of policies: no names mean any. */
export function resourceNamesMatch({ resourceNames }: Rule, { name }: AdmissionRequest): boolean {
  return !resourceNames?.length || resourceNames.includes(name);
}

function names(items: readonly string[] | undefined, asked: string): boolean {
  return items?.some((item) => item === '*' || item === asked) ?? false;
}

function inScope(scope: string | undefined, request: AdmissionRequest): boolean {
  if (scope === undefined || scope === '*') return true;
  const { kind } = request;
  const clusterScoped = (kind.group === '' && kind.resource === 'namespaces') || namespaceOf(request) === '';
  return scope === 'Cluster' ? clusterScoped : scope === 'Namespaced' && !clusterScoped;
}

/** 'pods', 'pods/log', 'pods/*', '*\/scale', '*' (no subresource), '*\/*'. */
function resourceMatches(pattern: string, resource: string, subresource: string): boolean {
  const slash = pattern.indexOf('/');
  const [wanted, part] = slash === -1 ? [pattern, ''] : [pattern.slice(0, slash), pattern.slice(slash + 1)];
  return (wanted === '*' || wanted === resource) && (part === '*' || part === subresource);
}
