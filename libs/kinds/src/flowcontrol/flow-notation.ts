import type { ResourcePolicyRule, FlowcontrolV1Subject, FlowSchemaSpec, LimitResponse } from '../generated/types.js';
import type { FlowSchema, PolicyRulesWithSubjects, PriorityLevelConfiguration } from '../generated/types.js';

/** Short forms in which the bootstrap objects are written. */

const API_VERSION = 'flowcontrol.apiserver.k8s.io/v1';
const AUTO_UPDATE = 'apf.kubernetes.io/autoupdate-spec';
/** Differs from 'all there are': whatever there may be. */
export const ANY = ['*'];

export const group = (name: string): FlowcontrolV1Subject => ({ kind: 'Group', group: { name } });
export const user = (name: string): FlowcontrolV1Subject => ({ kind: 'User', user: { name } });
export const systemAccount = (name: string): FlowcontrolV1Subject => ({
  kind: 'ServiceAccount',
  serviceAccount: { name, namespace: 'kube-system' },
});

export function resources(
  verbs: string[],
  apiGroups: string[],
  names: string[],
  namespaces: string[],
  clusterScope = false,
): ResourcePolicyRule {
  return { verbs, apiGroups, resources: names, namespaces, ...(clusterScope ? { clusterScope } : {}) };
}

/** All that `subjects` may ask for. */
export function everything(...subjects: FlowcontrolV1Subject[]): PolicyRulesWithSubjects {
  return {
    nonResourceRules: [{ verbs: ANY, nonResourceURLs: ANY }],
    resourceRules: [resources(ANY, ANY, ANY, ANY, true)],
    subjects,
  };
}

interface SchemaRow {
  readonly name: string;
  readonly level: string;
  readonly precedence: number;
  readonly by?: 'ByUser' | 'ByNamespace';
  readonly rules: PolicyRulesWithSubjects;
}

/** Copied: rows share lists, objects must not. */
export function flowSchema({ name, level, precedence, by, rules }: SchemaRow): FlowSchema {
  const spec: FlowSchemaSpec = {
    ...(by ? { distinguisherMethod: { type: by } } : {}),
    matchingPrecedence: precedence,
    priorityLevelConfiguration: { name: level },
    rules: [structuredClone(rules)],
  };
  return { apiVersion: API_VERSION, kind: 'FlowSchema', metadata: metadataOf(name), spec };
}

/** `queues`: how many, how many of them a flow may use, how long each may grow. Without them what is too much is refused. */
export function limitedLevel(
  name: string,
  shares: number,
  lendablePercent: number,
  queues?: readonly [queues: number, handSize: number, queueLengthLimit: number],
): PriorityLevelConfiguration {
  const [count, handSize, queueLengthLimit] = queues ?? [];
  const limitResponse: LimitResponse =
    count === undefined || handSize === undefined || queueLengthLimit === undefined
      ? { type: 'Reject' }
      : { type: 'Queue', queuing: { queues: count, handSize, queueLengthLimit } };
  const limited = { nominalConcurrencyShares: shares, lendablePercent, limitResponse };
  return levelOf(name, { type: 'Limited', limited });
}

export function levelOf(name: string, spec: PriorityLevelConfiguration['spec']): PriorityLevelConfiguration {
  return { apiVersion: API_VERSION, kind: 'PriorityLevelConfiguration', metadata: metadataOf(name), spec };
}

function metadataOf(name: string) {
  return { name, annotations: { [AUTO_UPDATE]: 'true' } };
}
