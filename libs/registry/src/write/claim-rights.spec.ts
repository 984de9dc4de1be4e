import { beforeEach, describe, expect, it } from '@jest/globals';
import { StatusError } from '#apimachinery';
import type { Authorizer, UserInfo } from '#auth';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';
import { refuseUnsigned } from './signer-rights.js';

const GROUP = 'resource.k8s.io';
const USER: UserInfo = { username: 'jane', groups: [] };
const DRIVER: UserInfo = {
  username: 'system:serviceaccount:kube-system:dra',
  groups: [],
  extra: { 'authentication.kubernetes.io/node-name': ['node01'] },
};
const LABEL = 'resource.kubernetes.io/admin-access';
const NEEDED = `admin access to devices requires the \`${LABEL}: true\` label on the containing namespace`;

const requests = [
  { name: 'gpu', exactly: { deviceClassName: 'a' } },
  { name: 'all', exactly: { deviceClassName: 'a', adminAccess: true } },
];
const result = { request: 'gpu', driver: 'a.example.com', pool: 'node01', device: 'gpu-0' };
const nodeSelector = {
  nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node01'] }] }],
};
const allocation = { devices: { results: [result] }, nodeSelector };
const device = { driver: result.driver, pool: result.pool, device: result.device };

/** 'verb subresource name' of the rights that are refused. */
let refused: ReadonlySet<string>;
let cluster: SpecCluster;

const authorizer: Authorizer = {
  authorize: async (_user, attributes) => {
    if (attributes.kind === 'path') return { allowed: true, reason: '' };
    const { verb, subresource, namespace, name } = attributes;
    return { allowed: !refused.has(`${verb} ${subresource} ${namespace}/${name}`), reason: '' };
  },
};

beforeEach(async () => {
  refused = new Set();
  cluster = await aSpecCluster({ authorizerOf: () => authorizer });
  await cluster.create('namespaces', { metadata: { name: 'default' } });
});

const claimOf = (more: object = {}) => ({
  apiVersion: `${GROUP}/v1`,
  kind: 'ResourceClaim',
  metadata: { name: 'gpu', namespace: 'default' },
  spec: { devices: { requests: requests.slice(0, 1) } },
  ...more,
});

async function failure(work: Promise<unknown>): Promise<string[]> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) return [];
  if (!(error instanceof StatusError)) throw error;
  expect(error.code).toBe(422);
  return (error.details?.causes ?? []).map(({ field, message }) => `${field}: ${message}`);
}

describe('access past all rules', () => {
  const asking = { spec: { devices: { requests } } };

  it('is for namespaces that are marked for it', async () => {
    const field = 'spec.devices.requests[1].adminAccess';
    expect(await failure(cluster.create('resourceclaims', claimOf(asking), GROUP))).toEqual([
      `${field}: Forbidden: ${NEEDED}`,
    ]);
    const template = { metadata: { name: 'a' }, spec: { spec: asking.spec } };
    expect(await failure(cluster.create('resourceclaimtemplates', template, GROUP))).toEqual([
      `${field}: Forbidden: ${NEEDED}`,
    ]);
    const marked = { metadata: { name: 'default', labels: { [LABEL]: 'true' } } };
    await cluster.verbs.update(cluster.ctx(), cluster.target('namespaces', 'default'), body(marked), {});
    expect(await failure(cluster.create('resourceclaims', claimOf(asking), GROUP))).toEqual([]);
  });

  it('is not given by a status either', async () => {
    await cluster.create('resourceclaims', claimOf(), GROUP);
    const devices = { results: [{ ...result, adminAccess: true }] };
    expect(await failure(writeStatus(USER, { allocation: { devices } }))).toEqual([
      `status.allocation.devices.results[0].adminAccess: Forbidden: ${NEEDED}`,
    ]);
  });
});

const body = (object: object) => ({ object });

function writeStatus(user: UserInfo, status: object): Promise<unknown> {
  const target = cluster.target('resourceclaims', 'gpu', { group: GROUP, subresource: 'status' });
  return cluster.verbs.update(cluster.ctx(user), target, body(claimOf({ status })), {});
}

describe('the status of a claim', () => {
  beforeEach(async () => void (await cluster.create('resourceclaims', claimOf(), GROUP)));

  it('is given by who may bind claims', async () => {
    refused = new Set(['update binding /']);
    expect(await failure(writeStatus(USER, { allocation }))).toEqual([
      'status.allocation: Forbidden: changing status.allocation or status.reservedFor requires resource="resourceclaims/binding", ' +
        'verb="update" permission: resourceclaims.resource.k8s.io is forbidden: User "jane" cannot update resource ' +
        '"resourceclaims/binding" in API group "resource.k8s.io" at the cluster scope',
    ]);
    refused = new Set();
    expect(await failure(writeStatus(USER, { allocation }))).toEqual([]);
    // Nothing of it changes, so nothing is asked.
    refused = new Set(['update binding /']);
    expect(await failure(writeStatus(USER, { allocation, devices: [device] }))).toEqual([]);
  });

  it('is told by drivers, each of its devices, more easily on their nodes', async () => {
    await writeStatus(USER, { allocation });
    const anywhere = 'arbitrary-node:update driver default/a.example.com';
    refused = new Set([anywhere]);
    expect(await failure(writeStatus(USER, { allocation, devices: [device] }))).toEqual([
      'status.devices: Forbidden: changing status.devices requires resource="resourceclaims/driver", ' +
        'verb="[arbitrary-node:update]" permission: resourceclaims.resource.k8s.io "a.example.com" is forbidden: ' +
        'User "jane" cannot arbitrary-node:update resource "resourceclaims/driver" in API group "resource.k8s.io" ' +
        'in the namespace "default"',
    ]);
    expect(await failure(writeStatus(DRIVER, { allocation, devices: [device] }))).toEqual([]);
    refused = new Set([anywhere, 'associated-node:update driver default/a.example.com']);
    expect(await failure(writeStatus(DRIVER, { allocation }))).toEqual([
      expect.stringContaining('verb="[associated-node:update arbitrary-node:update]" permission'),
    ]);
  });
});

describe('the certificate of a pod', () => {
  it('is given by who may sign for its signer', async () => {
    const spec = {
      ...{ signerName: 'example.com/signer', podName: 'web', podUID: 'u1', nodeName: 'node01', nodeUID: 'u2' },
      ...{ serviceAccountName: 'default', serviceAccountUID: 'u3' },
    };
    const kind = cluster.kind('certificates.k8s.io', 'podcertificaterequests');
    const target = { kind, namespace: 'default', name: 'a', subresource: 'status' };
    const old = { apiVersion: '', kind: kind.kind, metadata: { name: 'a' }, spec };
    const issued = { ...old, status: { certificateChain: 'x' } };
    const parts = { store: cluster.store, authorizerOf: () => authorizer } as never;
    const write = (object: object) => failure(refuseUnsigned(parts, cluster.ctx(USER), target, object as never, old));
    expect(await write(issued)).toEqual([]);
    refused = new Set(['sign  /example.com/signer', 'sign  /example.com/*']);
    expect(await write(old)).toEqual([]);
    expect(await write(issued)).toEqual([
      'spec.signerName: Forbidden: User "jane" is not permitted to "sign" for signer "example.com/signer"',
    ]);
  });
});
