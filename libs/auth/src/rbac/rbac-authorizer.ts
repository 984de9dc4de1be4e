import type { SandboxId } from '#base';
import type { Store } from '#storage';
import type { Authorizer, Decision } from '../credentials.js';
import { NodeAuthorizer, nodeOf } from '../node/node-authorizer.js';
import { questionKeyOf } from '../question-key.js';
import { GROUP_MASTERS, type RequestAttributes, type UserInfo } from '../user.js';
import { type PolicyRule, ruleAllows } from './policy-rule.js';
import { PolicyView } from './policy-view.js';
import { type Grant, grantsOf } from './subject-rules.js';

/** Decisions remembered per user; one who asks for more different things starts anew. */
const DECISIONS_MAX = 500;

/** What a user may do, as SelfSubjectRulesReview tells it. */
export interface UserRules {
  readonly rules: readonly PolicyRule[];
  /** There are more, which nobody can list: those of nodes. */
  readonly incomplete: boolean;
  /** Why it may be incomplete: of nodes, and where roles are missing that are bound; else ''. */
  readonly evaluationError: string;
  /** Which bound roles are missing; '' for none. */
  readonly missingRoles: string;
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
 * what the node authorizer says.
 */
export function rbacAuthorizer(store: Pick<Store, 'list' | 'watch'>, sandbox: SandboxId): RbacAuthorizer {
  return new Rbac(new PolicyView(store, sandbox), new NodeAuthorizer(store, sandbox));
}

class Rbac implements RbacAuthorizer {
  /** By the identity of UserInfo: authenticators and components hold on to theirs. */
  private readonly users = new WeakMap<UserInfo, Remembered>();

  constructor(
    private readonly policy: PolicyView,
    private readonly nodes: NodeAuthorizer,
  ) {}

  async authorize(user: UserInfo, attributes: RequestAttributes): Promise<Decision> {
    if (user.groups.includes(GROUP_MASTERS)) return ALLOWED;
    const node = nodeOf(user);
    const asNode = node === undefined ? undefined : await this.nodes.authorize(node, attributes);
    if (asNode?.allowed) return asNode;
    const loading = this.policy.ready();
    if (loading) await loading;
    const remembered = this.remembered(user);
    const key = questionKeyOf(attributes);
    const decision = remembered.decisions.get(key) ?? this.decide(user, attributes, remembered, key);
    if (decision.allowed || !asNode?.reason) return decision;
    return { allowed: false, reason: [asNode.reason, decision.reason].filter((one) => one !== '').join('\n') };
  }

  async rulesOf(user: UserInfo, namespace: string): Promise<UserRules> {
    const loading = this.policy.ready();
    if (loading) await loading;
    const remembered = this.remembered(user);
    const grants = [...this.grants(user, '', remembered)];
    if (namespace !== '') grants.push(...this.grants(user, namespace, remembered));
    const rules = grants.flatMap((grant) => grant.rules);
    const missing = missingRolesOf(grants);
    const incomplete = nodeOf(user) !== undefined;
    return {
      rules,
      incomplete,
      evaluationError: aggregated(incomplete ? [NODE_RULES_UNKNOWN, ...missing] : missing),
      missingRoles: aggregated(missing),
    };
  }

  close(): void {
    this.policy.close();
    this.nodes.close();
  }

  /** Remembers what does not depend on the object's name: few different questions, whatever the number of objects. */
  private decide(user: UserInfo, attributes: RequestAttributes, remembered: Remembered, key: string): Decision {
    const clusterWide = this.grants(user, '', remembered);
    const local =
      attributes.kind === 'resource' && attributes.namespace !== ''
        ? this.grants(user, attributes.namespace, remembered)
        : [];
    const grants = [...clusterWide, ...local];
    const anyName = anyNameOf(grants, attributes);
    if (!anyName && grants.some(({ rules }) => rules.some((rule) => allowsSomeName(rule, attributes)))) {
      return byNameOf(grants, attributes) ?? refusedBy(grants);
    }
    const decision = anyName ?? refusedBy(grants);
    if (remembered.decisions.size >= DECISIONS_MAX) remembered.decisions.clear();
    remembered.decisions.set(key, decision);
    return decision;
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
const NODE_RULES_UNKNOWN = 'node authorizer does not support user rule resolution';

function anyNameOf(grants: readonly Grant[], attributes: RequestAttributes): Decision | undefined {
  return firstThat(grants, (rule) => !rule.resourceNames?.length && ruleAllows(rule, attributes));
}

function byNameOf(grants: readonly Grant[], attributes: RequestAttributes): Decision | undefined {
  return firstThat(grants, (rule) => ruleAllows(rule, attributes));
}

function firstThat(grants: readonly Grant[], allows: (rule: PolicyRule) => boolean): Decision | undefined {
  const grant = grants.find(({ rules }) => rules.some(allows));
  return grant && { allowed: true, reason: `RBAC: allowed by ${grant.from}` };
}

function allowsSomeName(rule: PolicyRule, attributes: RequestAttributes): boolean {
  return !!rule.resourceNames?.length && ruleAllows({ ...rule, resourceNames: [] }, attributes);
}

function refusedBy(grants: readonly Grant[]): Decision {
  const missing = aggregated(missingRolesOf(grants));
  return { allowed: false, reason: missing === '' ? '' : `RBAC: ${missing}` };
}

function missingRolesOf(grants: readonly Grant[]): string[] {
  return [...new Set(grants.flatMap((grant) => grant.missing ?? []))];
}

/** As Go's aggregated errors print: one alone, several in brackets. */
function aggregated(errors: readonly string[]): string {
  return errors.length > 1 ? `[${errors.join(', ')}]` : (errors[0] ?? '');
}
