import { describe, expect, it } from '@jest/globals';
import type { Service } from '../../generated/types.js';
import { dropTypeDependent } from './service-defaults.js';

type Spec = NonNullable<Service['spec']>;
const aService = (spec: Spec): Service => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec });
const nodePort: Spec = {
  type: 'NodePort',
  clusterIP: '10.96.0.9',
  clusterIPs: ['10.96.0.9'],
  ipFamilies: ['IPv4'],
  ipFamilyPolicy: 'SingleStack',
  internalTrafficPolicy: 'Cluster',
  externalTrafficPolicy: 'Cluster',
  ports: [{ port: 80, nodePort: 30080 }],
};

describe('dropTypeDependent', () => {
  it.each<[string, Spec, Spec]>([
    [
      'a node port and the policy of outside traffic, on the way to ClusterIP',
      { ...nodePort, type: 'ClusterIP' },
      {
        type: 'ClusterIP',
        clusterIP: '10.96.0.9',
        clusterIPs: ['10.96.0.9'],
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
        internalTrafficPolicy: 'Cluster',
        ports: [{ port: 80 }],
      },
    ],
    [
      'the addresses, on the way to ExternalName',
      { ...nodePort, type: 'ExternalName', externalName: 'example.com' },
      { type: 'ExternalName', externalName: 'example.com', ports: [{ port: 80 }] },
    ],
    [
      'nothing that the update says itself',
      { ...nodePort, type: 'ClusterIP', ports: [{ port: 80, nodePort: 30081 }], externalTrafficPolicy: 'Local' },
      { ...nodePort, type: 'ClusterIP', ports: [{ port: 80, nodePort: 30081 }], externalTrafficPolicy: 'Local' },
    ],
  ])('gives up %s', (_what, sent, expected) => {
    const service = aService(structuredClone(sent));
    dropTypeDependent(service, aService(nodePort));
    expect(service.spec).toEqual(expected);
  });
});
