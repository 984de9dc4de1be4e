import type { RequestAttributes, UserInfo } from '#auth';

export const LEVELS = ['None', 'Metadata', 'Request', 'RequestResponse'] as const;
export type AuditLevel = (typeof LEVELS)[number];

export const STAGES = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'] as const;
export type AuditStage = (typeof STAGES)[number];

/** audit.k8s.io/v1 GroupResources. */
export interface GroupResources {
  readonly group: string;
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
}

/** audit.k8s.io/v1 PolicyRule; absent lists are empty. `omitStages` has the policy's own in it. */
export interface PolicyRule {
  readonly level: AuditLevel;
  readonly users: readonly string[];
  readonly userGroups: readonly string[];
  readonly verbs: readonly string[];
  readonly resources: readonly GroupResources[];
  readonly namespaces: readonly string[];
  readonly nonResourceURLs: readonly string[];
  readonly omitStages: ReadonlySet<AuditStage>;
  readonly omitManagedFields: boolean;
}

/** As kube-apiserver's --audit-log-mode: `blocking` holds an answer back until its event is written. */
export const MODES = ['batch', 'blocking'] as const;

/** Never changed: a new document is another object. */
export interface AuditPolicy {
  readonly rules: readonly PolicyRule[];
}

export interface AuditDecision {
  readonly level: Exclude<AuditLevel, 'None'>;
  readonly omitStages: ReadonlySet<AuditStage>;
  readonly omitManagedFields: boolean;
}

/** Resources whose bodies open doors: 'group/resource' or 'group/resource/subresource'. */
const SENSITIVE = new Set([
  '/secrets',
  '/serviceaccounts/token',
  'authentication.k8s.io/tokenreviews',
  'sandkube.dev/sandboxes/kubeconfig',
]);

export function isSensitive(attributes: RequestAttributes): boolean {
  if (attributes.kind === 'path') return false;
  return SENSITIVE.has(`${attributes.group}/${combined(attributes)}`);
}

/**
 * What the first rule that matches says; undefined: nothing is recorded. Models policyRuleEvaluator (1.36).
 * Differs: bodies of secrets and tokens are recorded only by a rule that names their resource. One that reaches them by
 * leaving resources out, or by '*', gives their metadata: a policy of two lines must not make the log a key ring.
 */
export function decide(
  { rules }: AuditPolicy,
  user: UserInfo | undefined,
  attributes: RequestAttributes,
): AuditDecision | undefined {
  for (const rule of rules) {
    if (!matches(rule, user, attributes)) continue;
    if (rule.level === 'None') return undefined;
    const { omitStages, omitManagedFields } = rule;
    const level = isSensitive(attributes) && !names(rule, attributes) ? 'Metadata' : rule.level;
    return { level, omitStages, omitManagedFields };
  }
  return undefined;
}

function matches(rule: PolicyRule, user: UserInfo | undefined, attributes: RequestAttributes): boolean {
  if (rule.users.length > 0 && !(user && rule.users.includes(user.username))) return false;
  if (rule.userGroups.length > 0 && !user?.groups.some((group) => rule.userGroups.includes(group))) return false;
  if (rule.verbs.length > 0 && !rule.verbs.includes(attributes.verb)) return false;
  if (rule.namespaces.length > 0 || rule.resources.length > 0) return matchesResource(rule, attributes);
  if (rule.nonResourceURLs.length > 0) return matchesPath(rule, attributes);
  return true;
}

function matchesPath({ nonResourceURLs }: PolicyRule, attributes: RequestAttributes): boolean {
  if (attributes.kind !== 'path') return false;
  const { path } = attributes;
  return nonResourceURLs.some(
    (url) => url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.replace(/\*+$/, ''))),
  );
}

type ResourceAttributes = Extract<RequestAttributes, { kind: 'resource' }>;

function matchesResource(rule: PolicyRule, attributes: RequestAttributes): boolean {
  if (attributes.kind !== 'resource') return false;
  if (rule.namespaces.length > 0 && !rule.namespaces.includes(attributes.namespace)) return false;
  return rule.resources.length === 0 || rule.resources.some((one) => covers(one, attributes));
}

function covers({ group, resources, resourceNames }: GroupResources, attributes: ResourceAttributes): boolean {
  if (group !== attributes.group) return false;
  if (resources.length === 0) return true;
  if (resourceNames.length > 0 && !resourceNames.includes(attributes.name)) return false;
  const { resource, subresource } = attributes;
  const whole = combined(attributes);
  return resources.some((asked) => {
    if (asked === whole || asked === '*') return true;
    if (subresource !== '' && asked === `*/${subresource}`) return true;
    return asked === `${resource}/*`;
  });
}

/** Does the rule speak of exactly this resource? */
function names({ resources }: PolicyRule, attributes: RequestAttributes): boolean {
  if (attributes.kind === 'path') return true;
  const whole = combined(attributes);
  return resources.some((one) => one.group === attributes.group && one.resources.includes(whole));
}

/** 'pods', 'pods/log'. */
function combined({ resource, subresource }: ResourceAttributes): string {
  return subresource === '' ? resource : `${resource}/${subresource}`;
}
