import type { SandboxId } from '#base';
import type { Store } from '#storage';
import type { Authorizer, Decision } from '../credentials.js';
import { nodeRules } from '../policy/component-roles.js';
import { GROUP_MASTERS, type RequestAttributes, type UserInfo } from '../user.js';
import { type PolicyRule, ruleAllows } from './policy-rule.js';
import { PolicyView } from './policy-view.js';
import { type Grant, grantsOf } from './subject-rules.js';

/** Decisions remembered per user; one who asks for more different things starts anew. */
const DECISIONS_MAX = 2_000;
const NODE_PREFIX = 'system:node:';
const NODES_GROUP = 'system:nodes';

/** What a user may do, as SelfSubjectRulesReview tells it. */
export interface UserRules {
  readonly rules: readonly PolicyRule[];
  /** '' when every bound role was there. */
  readonly evaluationError: string;
}

export interface RbacAuthorizer extends Authorizer {
  /** All rules that hold for the user in that namespace ('' for the cluster's alone). */
  rulesOf(user: UserInfo, namespace: string): Promise<UserRules>;
  /** Ends what keeps it current; the sandbox falls asleep. */
  close(): void;
}

interface Remembered {
  version: number;
  grants: Map<string, readonly Grant[]>;
  decisions: Map<string, Decision>;
}

/**
 * RBAC over the sandbox's own objects, with what upstream decides before it: system:masters may everything, kubelets
 * what NodeRules say. Differs: the node authorizer's graph (only secrets of its own pods) is not modelled.
 */
export function rbacAuthorizer(store: Pick<Store, 'list' | 'watch'>, sandbox: SandboxId): RbacAuthorizer {
  return new Rbac(new PolicyView(store, sandbox));
}

class Rbac implements RbacAuthorizer {
  /** By the identity of UserInfo: authenticators and components hold on to theirs. */
  private readonly users = new WeakMap<UserInfo, Remembered>();

  constructor(private readonly policy: PolicyView) {}

  async authorize(user: UserInfo, attributes: RequestAttributes): Promise<Decision> {
    if (user.groups.includes(GROUP_MASTERS)) return ALLOWED;
    const loading = this.policy.ready();
    if (loading) await loading;
    const remembered = this.remembered(user);
    const key = keyOf(attributes);
    let decision = remembered.decisions.get(key);
    if (!decision) {
      decision = this.decide(user, attributes, remembered);
      if (remembered.decisions.size >= DECISIONS_MAX) remembered.decisions.clear();
      remembered.decisions.set(key, decision);
    }
    return decision;
  }

  async rulesOf(user: UserInfo, namespace: string): Promise<UserRules> {
    if (user.groups.includes(GROUP_MASTERS)) return { rules: EVERYTHING, evaluationError: '' };
    const loading = this.policy.ready();
    if (loading) await loading;
    const remembered = this.remembered(user);
    const grants = [...this.grants(user, '', remembered)];
    if (namespace !== '') grants.push(...this.grants(user, namespace, remembered));
    const rules = grants.flatMap((grant) => grant.rules);
    return { rules: isNode(user) ? [...nodeRules, ...rules] : rules, evaluationError: missingOf(grants) };
  }

  close(): void {
    this.policy.close();
  }

  private decide(user: UserInfo, attributes: RequestAttributes, remembered: Remembered): Decision {
    if (isNode(user) && nodeRules.some((rule) => ruleAllows(rule, attributes))) return ALLOWED;
    const clusterWide = this.grants(user, '', remembered);
    const local =
      attributes.kind === 'resource' && attributes.namespace !== ''
        ? this.grants(user, attributes.namespace, remembered)
        : [];
    for (const grant of [...clusterWide, ...local]) {
      for (const rule of grant.rules) {
        if (ruleAllows(rule, attributes)) return { allowed: true, reason: `RBAC: allowed by ${grant.from}` };
      }
    }
    const missing = missingOf([...clusterWide, ...local]);
    return { allowed: false, reason: missing === '' ? '' : `RBAC: ${missing}` };
  }

  private remembered(user: UserInfo): Remembered {
    let remembered = this.users.get(user);
    if (!remembered || remembered.version !== this.policy.version) {
      remembered = { version: this.policy.version, grants: new Map(), decisions: new Map() };
      this.users.set(user, remembered);
    }
    return remembered;
  }

  private grants(user: UserInfo, namespace: string, remembered: Remembered): readonly Grant[] {
    let grants = remembered.grants.get(namespace);
    if (!grants) {
      grants = grantsOf(this.policy, user, namespace);
      if (remembered.grants.size >= DECISIONS_MAX) remembered.grants.clear();
      remembered.grants.set(namespace, grants);
    }
    return grants;
  }
}

const ALLOWED: Decision = { allowed: true, reason: '' };
const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

function isNode(user: UserInfo): boolean {
  return user.username.startsWith(NODE_PREFIX) && user.groups.includes(NODES_GROUP);
}

/** Models the aggregated error of the RBAC rule resolver: one alone, several in brackets. */
function missingOf(grants: readonly Grant[]): string {
  const missing = [...new Set(grants.flatMap((grant) => grant.missing ?? []))];
  return missing.length > 1 ? `[${missing.join(', ')}]` : (missing[0] ?? '');
}

/** NUL cannot be in any of the parts. */
function keyOf(attributes: RequestAttributes): string {
  if (attributes.kind === 'path') return `${attributes.verb}\0${attributes.path}`;
  const { verb, group, resource, subresource, namespace, name } = attributes;
  return `${verb}\0${group}\0${resource}\0${subresource}\0${namespace}\0${name}`;
}
