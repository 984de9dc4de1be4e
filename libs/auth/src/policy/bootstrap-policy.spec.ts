import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '#apimachinery';
import type { PolicyRule } from '../rbac/policy-rule.js';
import { bootstrapPolicy } from './bootstrap-policy.js';

type PolicyObject = KubeObject & { rules?: PolicyRule[]; roleRef?: { kind: string; name: string } };
const policy = bootstrapPolicy() as PolicyObject[];
const named = (kind: string, name: string) => policy.find((one) => one.kind === kind && one.metadata.name === name);

const CONTROLLER = 'system:controller:';
/** How many rules each role has upstream; what is one rule there is one here. node-controller: one more, for leases. */
const RULES_OF: Record<string, number> = {
  'cluster-admin': 2,
  admin: 29,
  edit: 27,
  view: 12,
  'system:aggregate-to-admin': 2,
  'system:aggregate-to-edit': 15,
  'system:aggregate-to-view': 12,
  'system:discovery': 1,
  'system:basic-user': 2,
  'system:public-info-viewer': 1,
  'system:monitoring': 2,
  'system:service-account-issuer-discovery': 1,
  'system:heapster': 2,
  'system:node': 25,
  'system:node-proxier': 5,
  'system:node-problem-detector': 3,
  'system:node-bootstrapper': 1,
  'system:kubelet-api-admin': 4,
  'system:auth-delegator': 2,
  'system:kube-aggregator': 1,
  'system:kube-dns': 1,
  'system:kube-scheduler': 27,
  'system:volume-scheduler': 3,
  'system:kube-controller-manager': 11,
  'system:persistent-volume-provisioner': 5,
  'system:certificates.k8s.io:certificatesigningrequests:nodeclient': 1,
  'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient': 1,
  'system:certificates.k8s.io:legacy-unknown-approver': 1,
  'system:certificates.k8s.io:kubelet-serving-approver': 1,
  'system:certificates.k8s.io:kube-apiserver-client-approver': 1,
  'system:certificates.k8s.io:kube-apiserver-client-kubelet-approver': 1,
  ...ofControllers({
    'attachdetach-controller': 8,
    'clusterrole-aggregation-controller': 1,
    'cronjob-controller': 6,
    'daemon-set-controller': 8,
    'deployment-controller': 6,
    'disruption-controller': 9,
    'endpoint-controller': 4,
    'endpointslice-controller': 4,
    'endpointslicemirroring-controller': 5,
    'expand-controller': 4,
    'ephemeral-volume-controller': 4,
    'resource-claim-controller': 7,
    'device-taint-eviction-controller': 6,
    'generic-garbage-collector': 2,
    'horizontal-pod-autoscaler': 8,
    'job-controller': 5,
    'namespace-controller': 3,
    'node-controller': 6,
    'persistent-volume-binder': 9,
    'pod-garbage-collector': 3,
    'pv-protection-controller': 2,
    'pvc-protection-controller': 4,
    'replicaset-controller': 5,
    'replication-controller': 5,
    'resourcequota-controller': 3,
    'route-controller': 3,
    'root-ca-cert-publisher': 2,
    'service-account-controller': 2,
    'service-controller': 4,
    'service-cidrs-controller': 5,
    'statefulset-controller': 10,
    'ttl-after-finished-controller': 2,
    'ttl-controller': 2,
    'certificate-controller': 6,
    'volumeattributesclass-protection-controller': 4,
    'validatingadmissionpolicy-status-controller': 3,
    'legacy-service-account-token-cleaner': 2,
    'selinux-warning-controller': 5,
  }),
};

function ofControllers(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [CONTROLLER + name, count]));
}

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

  it.each(Object.entries(RULES_OF))('%s has as many rules as upstream gives it: %d', (name, count) => {
    expect(named('ClusterRole', name)?.rules).toHaveLength(count);
  });

  it('are as many as upstream with its features of 1.36', () => {
    const count = (kind: string, start = '') =>
      policy.filter((one) => one.kind === kind && (one.metadata.name ?? '').startsWith(start)).length;
    const controllers = Object.keys(RULES_OF).filter((name) => name.startsWith(CONTROLLER)).length;
    expect(count('ClusterRole')).toBe(Object.keys(RULES_OF).length);
    expect(count('ClusterRole', CONTROLLER)).toBe(controllers);
    expect(count('ClusterRoleBinding')).toBe(controllers + 12);
    expect(count('Role')).toBe(7);
    expect(count('RoleBinding')).toBe(7);
  });

  it.each([
    ['view', '|events.k8s.io', 'events', 'get,list,watch'],
    ['edit', '|events.k8s.io', 'events', 'create,delete,deletecollection,patch,update'],
    ['system:node', '|events.k8s.io', 'events', 'create,patch,update'],
    ['system:node', 'resource.k8s.io', 'resourceslices', 'deletecollection'],
    ['system:monitoring', '', 'nodes/metrics', 'get'],
    ['system:kubelet-api-admin', '', 'nodes/configz', '*'],
    ['system:kube-scheduler', 'coordination.k8s.io', 'leases kube-scheduler', 'get,list,update,watch'],
    ['system:kube-scheduler', 'resource.k8s.io', 'resourceclaims/binding', 'patch,update'],
    ['system:kube-scheduler', 'resource.k8s.io', 'resourceclaims/status', 'get,list,patch,update,watch'],
    ['system:controller:resource-claim-controller', 'resource.k8s.io', 'resourceclaims/binding', 'patch,update'],
    ['system:controller:pvc-protection-controller', '', 'persistentvolumeclaims/status', 'update'],
  ])('%s: in groups "%s" %s may be %s', (role, groups, what, verbs) => {
    const [resource = '', ...names] = what.split(' ');
    const rules = (named('ClusterRole', role)?.rules ?? []).filter(
      (one) =>
        one.apiGroups?.join('|') === groups &&
        one.resources?.includes(resource) &&
        (one.resourceNames ?? []).join() === names.join(),
    );
    expect(rules.map((one) => one.verbs.join())).toContain(verbs);
  });

  it('leave out what belongs to features that are off', () => {
    const resources = new Set(policy.flatMap(({ rules = [] }) => rules.flatMap((rule) => rule.resources ?? [])));
    for (const off of ['clustertrustbundles', 'podcertificaterequests', 'podgroups', 'workloads', 'devicetaintrules']) {
      expect([off, resources.has(off)]).toEqual([off, false]);
    }
  });

  it.each([
    [
      'system:monitoring',
      '/flagz,/healthz,/healthz/*,/livez,/livez/*,/metrics,/metrics/slis,/readyz,/readyz/*,/statusz',
    ],
    [
      'system:service-account-issuer-discovery',
      '/.well-known/openid-configuration,/.well-known/openid-configuration/,/openid/v1/jwks,/openid/v1/jwks/',
    ],
  ])('%s may get %s', (role, paths) => {
    expect(
      named('ClusterRole', role)
        ?.rules?.find((one) => one.nonResourceURLs)
        ?.nonResourceURLs?.join(),
    ).toBe(paths);
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
