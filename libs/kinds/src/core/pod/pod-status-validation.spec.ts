import { describe, expect, it } from '@jest/globals';
import type { ContainerStatus, Pod, PodSpec, PodStatus } from '../../generated/types.js';
import { podKind } from './pod.kind.js';

const requests = { cpu: '1', 'example.com/gpu': '1' };
const resources = { requests, claims: [{ name: 'a' }, { name: 'b', request: 'r' }] };

function aPod(status: PodStatus, spec: Partial<PodSpec> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'nginx', resources }], ...spec },
    status,
  };
}

const errorsOf = (now: PodStatus, before: PodStatus = {}, spec: Partial<PodSpec> = {}) =>
  podKind.validateStatusUpdate!(aPod(now, spec), aPod(before, spec)).map(({ field, detail }) => `${field}: ${detail}`);

const status = (more: Partial<ContainerStatus>): ContainerStatus => ({
  ...{ name: 'c', image: '', imageID: '', ready: true, restartCount: 0 },
  ...more,
});
const healthy = (name: string, ...ids: string[]) => ({
  name,
  resources: ids.map((resourceID) => ({ resourceID, health: 'Healthy' })),
});

describe('a pod status', () => {
  it.each([
    [
      'what nodes report',
      { containerStatuses: [status({ user: { linux: { uid: 0, gid: 0, supplementalGroups: [0] } } })] },
    ],
    ['devices', { containerStatuses: [status({ allocatedResourcesStatus: [healthy('example.com/gpu', '0', '1')] })] }],
    [
      'claims',
      { containerStatuses: [status({ allocatedResourcesStatus: [healthy('claim:a'), healthy('claim:b/r')] })] },
    ],
    ['statuses nobody knows', { containerStatuses: [status({ name: 'x', allocatedResourcesStatus: [healthy('y')] })] }],
    ['conditions of its own', { conditions: [{ type: 'example.com/ok', status: 'True', observedGeneration: 1 }] }],
    [
      'an extended claim',
      {
        extendedResourceClaimStatus: {
          resourceClaimName: 'web-extended',
          requestMappings: [{ containerName: 'c', resourceName: 'example.com/gpu', requestName: 'r' }],
        },
      },
    ],
  ] as [string, PodStatus][])('takes %s', (_what, now) => {
    expect(errorsOf(now)).toEqual([]);
  });

  it.each([
    [
      { conditions: [{ type: 'Ready', status: 'True', observedGeneration: -1 }] },
      'status.conditions[0].observedGeneration: Invalid value: -1: must be a non-negative integer',
    ],
    [{ conditions: [{ type: 'a b', status: 'True' }] }, 'status.conditions[0].Type: Invalid value: "a b": '],
    [{ observedGeneration: -1 }, 'status.observedGeneration: Invalid value: -1: must be a non-negative integer'],
    [
      { containerStatuses: [status({ user: { linux: { uid: -1, gid: 0 } } })] },
      'status.containerStatuses[0].user.linux.uid: Invalid value: -1: must be between 0 and 2147483647, inclusive',
    ],
    [
      { initContainerStatuses: [status({ user: { linux: { uid: 0, gid: 0, supplementalGroups: [-1] } } })] },
      'status.initContainerStatuses[0].user.linux.supplementalGroups[0]: Invalid value: -1',
    ],
    [
      { containerStatuses: [status({ allocatedResourcesStatus: [healthy('memory')] })] },
      'status.containerStatuses[0].allocatedResourcesStatus[0].name: Invalid value: "memory": must match one of the ' +
        "container's resource requests",
    ],
    [
      { containerStatuses: [status({ allocatedResourcesStatus: [healthy('claim:b')] })] },
      'status.containerStatuses[0].allocatedResourcesStatus[0].name: Invalid value: "claim:b": must match one of the ' +
        "container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty",
    ],
    [
      { containerStatuses: [status({ allocatedResourcesStatus: [healthy('cpu', '0', '0')] })] },
      'status.containerStatuses[0].allocatedResourcesStatus[0].resources[1].resourceID: Duplicate value: "0"',
    ],
    [
      {
        containerStatuses: [
          status({ allocatedResourcesStatus: [{ name: 'cpu', resources: [{ resourceID: '0', health: 'Fine' }] }] }),
        ],
      },
      'status.containerStatuses[0].allocatedResourcesStatus[0].resources[0].health: Unsupported value: "Fine": supported ' +
        'values: "Healthy", "Unhealthy", "Unknown"',
    ],
    [
      { ephemeralContainerStatuses: [status({ allocatedResourcesStatus: [healthy('cpu')] })] },
      'status.ephemeralContainerStatuses[0].allocatedResourcesStatus: Forbidden: must not be specified in container status',
    ],
    [
      { extendedResourceClaimStatus: { resourceClaimName: '', requestMappings: [] } },
      'status.extendedResourceClaimStatus.requestMappings: Required value: at least one request mapping is required',
    ],
    [
      {
        extendedResourceClaimStatus: {
          resourceClaimName: 'x',
          requestMappings: [{ containerName: 'd', resourceName: 'cpu', requestName: 'r' }],
        },
      },
      'status.extendedResourceClaimStatus.requestMappings[0].containerName: Invalid value: "d": must match the name of an ' +
        'entry in spec.initContainers.name or spec.containers.name',
    ],
  ] as [PodStatus, string][])('refuses %j', (now, error) => {
    expect(errorsOf(now)).toContainEqual(expect.stringContaining(error));
  });

  it('lets no bound pod be nominated elsewhere', () => {
    const error = 'status.nominatedNodeName: Forbidden: may not be set on pods that are already bound to a node';
    expect(errorsOf({ nominatedNodeName: 'n' }, {}, { nodeName: 'm' })).toEqual([error]);
    expect(errorsOf({ nominatedNodeName: 'n' }, { nominatedNodeName: 'n' }, { nodeName: 'm' })).toEqual([]);
    expect(errorsOf({ nominatedNodeName: 'n' })).toEqual([]);
  });

  it('has no Linux users on Windows', () => {
    const now = { containerStatuses: [status({ user: { linux: { uid: 0, gid: 0 } } })] };
    expect(errorsOf(now, {}, { os: { name: 'windows' } })).toEqual([
      'status.containerStatuses[0].user.linux: Forbidden: cannot be set for a windows pod',
    ]);
  });
});
