import { beforeEach, describe, expect, it } from '@jest/globals';
import { HOST_SANDBOX_ID, type SandboxId, sandboxId } from '#base';
import type { KubeObject } from '#apimachinery';
import type { Authorizer } from '#auth';
import { builtInKinds, hostKinds } from '#kinds';
import { schemaOf } from './schema.js';
import { SpecCluster } from './spec-cluster.js';

const QUERY = `{ sandkubeV1alpha1 { sandboxes { items { metadata { name } cluster { coreV1 {
  configMaps { items { metadata { name } } } } } } } } }`;

/** May read sandboxes, but the kubeconfig of 'mine' only. */
const LEARNER: Authorizer = {
  authorize: async (user, attributes) => ({
    allowed:
      user.groups.includes('system:masters') ||
      (attributes.kind === 'resource' && (attributes.subresource !== 'kubeconfig' || attributes.name === 'mine')),
    reason: '',
  }),
};

describe('the cluster of a sandbox', () => {
  let host: SpecCluster;
  let inside: SpecCluster;
  let woken: string[];
  beforeEach(async () => {
    woken = [];
    inside = await SpecCluster.make({ id: 'mine' });
    await inside.create('configmaps', { metadata: { name: 'within' } });
    const clusters = async (id: SandboxId) => (woken.push(id), id === 'mine' ? inside.served : undefined);
    const idOf = ({ metadata }: KubeObject) => sandboxId(metadata.name ?? '');
    const schema = schemaOf(hostKinds, { sandboxes: { clusters, idOf, kinds: builtInKinds } });
    host = await SpecCluster.make({ id: HOST_SANDBOX_ID, kinds: hostKinds, schema, authorizer: LEARNER });
    for (const name of ['mine', 'yours']) await host.create('sandboxes', { metadata: { name } }, 'sandkube.dev');
  });

  const within = { coreV1: { configMaps: { items: [{ metadata: { name: 'within' } }] } } };

  it('is seen by those who may read its kubeconfig, null while it is not served', async () => {
    expect(await host.run(QUERY)).toEqual({
      data: {
        sandkubeV1alpha1: {
          sandboxes: {
            items: [
              { metadata: { name: 'mine' }, cluster: within },
              { metadata: { name: 'yours' }, cluster: null },
            ],
          },
        },
      },
    });
    expect(woken).toEqual(['mine', 'yours']);
  });

  it('is not even woken for others', async () => {
    const result = await host.run(QUERY, {}, { username: 'ann', groups: [] });
    expect(result.data).toMatchObject({
      sandkubeV1alpha1: { sandboxes: { items: [{ cluster: within }, { cluster: null }] } },
    });
    expect(result.errors!.map(({ message, path }) => [message, path!.slice(2)])).toEqual([
      [
        'sandboxes.sandkube.dev "yours" is forbidden: User "ann" cannot get resource "sandboxes/kubeconfig" in API group ' +
          '"sandkube.dev" in the namespace "default"',
        ['items', 1, 'cluster'],
      ],
    ]);
    expect(woken).toEqual(['mine']);
  });

  it('is not in the schema of a sandbox', () => {
    expect(schemaOf(builtInKinds).getType('SandboxCluster')).toBeUndefined();
  });
});
