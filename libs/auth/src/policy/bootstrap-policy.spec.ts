import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '#apimachinery';
import type { PolicyRule } from '../rbac/policy-rule.js';
import { bootstrapPolicy } from './bootstrap-policy.js';

type PolicyObject = KubeObject & { rules?: PolicyRule[]; roleRef?: { kind: string; name: string } };
const policy = bootstrapPolicy() as PolicyObject[];
const named = (kind: string, name: string) => policy.find((one) => one.kind === kind && one.metadata.name === name);

describe('the defaults of policy', () => {
  it('have each name once, the label by which they are found and the wish to be kept current', () => {
    const keys = policy.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { metadata } of policy) {
      expect(metadata.labels).toMatchObject({ 'kubernetes.io/bootstrapping': 'rbac-defaults' });
      expect(metadata.annotations).toEqual({ 'rbac.authorization.kubernetes.io/autoupdate': 'true' });
    }
  });

  it('bind only roles that are there', () => {
    for (const { metadata, roleRef } of policy) {
      if (!roleRef) continue;
      const role = policy.find(
        (one) =>
          one.kind === roleRef.kind &&
          one.metadata.name === roleRef.name &&
          (roleRef.kind === 'ClusterRole' || one.metadata.namespace === metadata.namespace),
      );
      expect(role).toBeDefined();
    }
  });

  it('show their rules sorted, as upstream builds them', () => {
    const lists = policy.flatMap(({ rules }) =>
      (rules ?? []).flatMap(({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }) =>
        [verbs, apiGroups, resources, resourceNames, nonResourceURLs].filter((list) => list !== undefined),
      ),
    );
    for (const list of lists) expect(list).toEqual([...list].sort());
  });

  it.each([
    ['system:controller:attachdetach-controller', '', 'nodes/status', 'patch,update'],
    ['system:controller:certificate-controller', 'certificates.k8s.io', 'signers', 'approve'],
    [
      'system:controller:clusterrole-aggregation-controller',
      'rbac.authorization.k8s.io',
      'clusterroles',
      'escalate,get,list,patch,update,watch',
    ],
    ['system:controller:legacy-service-account-token-cleaner', '', 'secrets', 'delete,patch'],
    ['system:controller:service-cidrs-controller', 'networking.k8s.io', 'servicecidrs/status', 'patch,update'],
    ['system:aggregate-to-edit', '', 'serviceaccounts/token', 'create'],
    ['system:kube-scheduler', 'storage.k8s.io', 'csinodes', 'get,list,watch'],
  ])('%s: %s %s may %s', (role, group, resource, verbs) => {
    const rules = named('ClusterRole', role)?.rules ?? [];
    const rule = rules.find((one) => one.apiGroups?.includes(group) && one.resources?.includes(resource));
    expect(rule?.verbs.join()).toBe(verbs);
  });

  it('name the binding of the reader of delegated authentication apart from its role', () => {
    expect(named('Role', 'extension-apiserver-authentication-reader')).toBeDefined();
    expect(named('RoleBinding', 'system::extension-apiserver-authentication-reader')?.roleRef?.name).toBe(
      'extension-apiserver-authentication-reader',
    );
  });
});
