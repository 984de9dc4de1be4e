import type { FlowSchema, FlowcontrolV1Subject, NonResourcePolicyRule, ResourcePolicyRule } from '#kinds';
import type { RequestAttributes, UserInfo } from '../user.js';

type Rules = NonNullable<FlowSchema['spec']['rules']>[number];
type ResourceAttributes = Extract<RequestAttributes, { kind: 'resource' }>;

const ALL = '*';
const SERVICE_ACCOUNT = 'system:serviceaccount:';

/** What of a schema's rules holds for this user, whatever is asked for. Models matchesASubject (1.36). */
export function rulesOfUser(schema: FlowSchema, user: UserInfo): readonly Rules[] {
  return (schema.spec.rules ?? []).filter(({ subjects }) => (subjects ?? []).some((one) => isSubject(one, user)));
}

function isSubject({ kind, user: asUser, group, serviceAccount }: FlowcontrolV1Subject, user: UserInfo): boolean {
  switch (kind) {
    case 'User':
      return asUser !== undefined && (asUser.name === ALL || asUser.name === user.username);
    case 'Group':
      return group !== undefined && (group.name === ALL || user.groups.includes(group.name));
    case 'ServiceAccount': {
      if (!serviceAccount) return false;
      const home = `${SERVICE_ACCOUNT}${serviceAccount.namespace}:`;
      if (serviceAccount.name === ALL) return user.username.startsWith(home);
      return user.username === home + serviceAccount.name;
    }
    default:
      return false;
  }
}

/** Models matchesAResourceRule and matchesANonResourceRule of apiserver/pkg/util/flowcontrol (1.36). */
export function rulesMatch(rules: readonly Rules[], attributes: RequestAttributes): boolean {
  return attributes.kind === 'path'
    ? rules.some(({ nonResourceRules }) => nonResourceRules?.some((rule) => matchesPath(rule, attributes)))
    : rules.some(({ resourceRules }) => resourceRules?.some((rule) => matchesResource(rule, attributes)));
}

/** Do they hold for anything that may be asked? */
export function rulesMatchAll(rules: readonly Rules[]): boolean {
  const anyPath = rules.some(({ nonResourceRules }) =>
    nonResourceRules?.some((rule) => isAll(rule.verbs) && isAll(rule.nonResourceURLs)),
  );
  return anyPath && rules.some(({ resourceRules }) => resourceRules?.some(isEverything));
}

function isEverything({ verbs, apiGroups, resources, namespaces, clusterScope }: ResourcePolicyRule): boolean {
  return clusterScope === true && [verbs, apiGroups, resources, namespaces ?? []].every(isAll);
}

function isAll(list: readonly string[]): boolean {
  return list.length === 1 && list[0] === ALL;
}

/** The star stands alone: validation sees to it. Models containsString (1.36). */
function holds(list: readonly string[], one: string): boolean {
  return isAll(list) || list.includes(one);
}

function matchesResource(rule: ResourcePolicyRule, asked: ResourceAttributes): boolean {
  const { verb, group, resource, subresource, namespace } = asked;
  if (!holds(rule.verbs, verb)) return false;
  if (!holds(rule.resources, subresource === '' ? resource : `${resource}/${subresource}`)) return false;
  if (!holds(rule.apiGroups, group)) return false;
  return namespace === '' ? rule.clusterScope === true : holds(rule.namespaces ?? [], namespace);
}

/** A path matches itself and all below it, with or without a star at its end. Models matchPolicyRuleNonResourceURL (1.36). */
function matchesPath(rule: NonResourcePolicyRule, { verb, path }: { verb: string; path: string }): boolean {
  if (!holds(rule.verbs, verb)) return false;
  return rule.nonResourceURLs.some((pattern) => {
    if (pattern === ALL || pattern === path) return true;
    const prefix = pattern.endsWith(ALL) ? pattern.slice(0, -1) : pattern;
    return path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);
  });
}
