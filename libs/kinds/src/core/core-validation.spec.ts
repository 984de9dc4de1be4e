import { describe, expect, it } from '@jest/globals';
import { eventsEventKind } from '../events/event.kind.js';
import type { Kind } from '../kind.js';
import { endpointsKind } from './endpoints.kind.js';
import { eventKind } from './event.kind.js';
import { limitRangeKind } from './limit-range.kind.js';
import { namespaceKind } from './namespace.kind.js';
import { nodeKind } from './node.kind.js';
import { persistentVolumeClaimKind } from './persistent-volume-claim.kind.js';
import { persistentVolumeKind } from './persistent-volume.kind.js';
import { podTemplateKind } from './pod-template.kind.js';
import { replicationControllerKind } from './replication-controller.kind.js';
import { resourceQuotaKind } from './resource-quota.kind.js';
import { serviceKind } from './service/service.kind.js';
import { made, shown } from '../spec-kind.js';

const service = (spec: object) => ({ spec: { ports: [{ port: 80 }], ...spec } });
const volume = (spec: object) => ({
  spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/a' }, ...spec },
});
const claim = (spec: object, more: object = {}) => ({
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
  ...more,
});
const templateOf = (more: object) => ({ template: { spec: { containers: [{ name: 'c', image: 'nginx' }], ...more } } });
const bound = { status: { phase: 'Bound', capacity: { storage: '1Gi' } } };

describe('validate', () => {
  it.each([
    ['a plain service', serviceKind, service({})],
    ['a template', podTemplateKind, templateOf({})],
    [
      'a service of another family',
      serviceKind,
      service({ clusterIPs: ['fd00::1'], clusterIP: 'fd00::1', ipFamilies: ['IPv6'] }),
    ],
    ['a name', serviceKind, { spec: { type: 'ExternalName', externalName: 'example.com.' } }],
    ['a volume', persistentVolumeKind, volume({})],
    ['a claim', persistentVolumeClaimKind, claim({})],
    ['a quota', resourceQuotaKind, { spec: { hard: { pods: '1', 'requests.cpu': '500m', 'count/jobs.batch': '2' } } }],
    ['a limit', limitRangeKind, { spec: { limits: [{ type: 'Container', max: { cpu: '1' }, min: { cpu: '100m' } }] } }],
    ['a node', nodeKind, { spec: { podCIDR: '10.0.0.0/24', taints: [{ key: 'a', effect: 'NoSchedule' }] } }],
    ['an event about a node', eventKind, { involvedObject: {} }],
  ] as [string, Kind, object][])('lets %s be', (_what, kind, rest) => {
    expect(shown(kind.validate!(made(kind, rest)))).toEqual([]);
  });

  it.each([
    [podTemplateKind, {}, 'template.spec.containers: Required value'],
    [
      podTemplateKind,
      templateOf({ restartPolicy: 'Odd' }),
      'template.spec.restartPolicy: Unsupported value: "Odd": supported values: "Always", "OnFailure", "Never"',
    ],
    [
      serviceKind,
      service({ type: 'ClusterIP', ports: [{ port: 80, nodePort: 30080 }] }),
      "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
    ],
    [
      serviceKind,
      service({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 0 } } }),
      'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 0: must be greater than 0 and less than 86400',
    ],
    [
      serviceKind,
      service({ externalIPs: ['127.0.0.1'] }),
      'spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
    ],
    [
      serviceKind,
      service({ clusterIPs: ['10.0.0.1'] }),
      'spec.clusterIPs: Invalid value: ["10.0.0.1"]: must be empty when `clusterIP` is not specified',
    ],
    [
      serviceKind,
      service({ clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', '10.0.0.2'] }),
      'spec.clusterIPs: Invalid value: ["10.0.0.1","10.0.0.2"]: may specify no more than one IP for each IP family',
    ],
    [
      serviceKind,
      service({ loadBalancerClass: 'a/b' }),
      "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'",
    ],
    [
      serviceKind,
      service({ type: 'LoadBalancer', loadBalancerSourceRanges: ['x'] }),
      'spec.LoadBalancerSourceRanges[0]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
    [
      serviceKind,
      service({ externalTrafficPolicy: 'Local' }),
      'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
    ],
    [
      serviceKind,
      service({ trafficDistribution: 'Near' }),
      'spec.trafficDistribution: Unsupported value: "Near": supported values: "PreferClose", "PreferSameNode", "PreferSameZone"',
    ],
    [persistentVolumeKind, volume({ hostPath: undefined }), 'spec: Required value: must specify a volume type'],
    [
      persistentVolumeKind,
      volume({ accessModes: ['ReadWriteOncePod', 'ReadOnlyMany'] }),
      'spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes',
    ],
    [
      persistentVolumeKind,
      volume({ capacity: { storage: '0' } }),
      'spec.capacity[storage]: Invalid value: "0": must be greater than zero',
    ],
    [
      persistentVolumeKind,
      volume({ hostPath: undefined, local: { path: '/a' } }),
      'spec.nodeAffinity: Required value: Local volume requires node affinity',
    ],
    [
      persistentVolumeKind,
      volume({ hostPath: { path: '/' }, persistentVolumeReclaimPolicy: 'Recycle' }),
      "spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'",
    ],
    [
      persistentVolumeClaimKind,
      claim({ resources: { requests: { storage: '-1' } } }),
      'spec.resources[storage]: Invalid value: "-1": must be greater than zero',
    ],
    [
      persistentVolumeClaimKind,
      claim({ dataSource: { kind: 'Pod', name: 'a' } }),
      'spec.dataSource: Invalid value: "Pod": must be \'PersistentVolumeClaim\' when referencing the default apiGroup',
    ],
    [
      resourceQuotaKind,
      { spec: { hard: { cpus: '1' } } },
      'spec.hard[cpus]: Invalid value: "cpus": must be a standard resource for quota',
    ],
    [
      resourceQuotaKind,
      { spec: { hard: { pods: '500m' } } },
      'spec.hard[pods]: Invalid value: "500m": must be an integer',
    ],
    [
      resourceQuotaKind,
      { spec: { hard: { cpu: '1' }, scopes: ['BestEffort'] } },
      'spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource',
    ],
    [
      resourceQuotaKind,
      { spec: { hard: {}, scopes: ['Terminating', 'NotTerminating'] } },
      'spec.scopes: Invalid value: ["Terminating","NotTerminating"]: conflicting scopes',
    ],
    [
      limitRangeKind,
      { spec: { limits: [{ type: 'Pod', default: { cpu: '1' } }] } },
      "spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'",
    ],
    [
      limitRangeKind,
      { spec: { limits: [{ type: 'Container', min: { cpu: '2' }, max: { cpu: '1' } }] } },
      'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
    ],
    [
      limitRangeKind,
      { spec: { limits: [{ type: 'PersistentVolumeClaim' }] } },
      'spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided',
    ],
    [
      nodeKind,
      { spec: { taints: [{ key: 'a', effect: 'Never' }] } },
      'metadata.taints[0].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
    ],
    [
      nodeKind,
      { status: { capacity: { pods: '1500m' } } },
      'status.capacity.pods: Invalid value: "1500m": must be an integer',
    ],
    [
      namespaceKind,
      { spec: { finalizers: ['mine'] } },
      'spec.finalizers: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
    ],
    [
      endpointsKind,
      { subsets: [{ addresses: [{ ip: '169.254.1.1' }], ports: [{ port: 80 }] }] },
      'subsets[0].addresses[0].ip: Invalid value: "169.254.1.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
    ],
    [
      eventKind,
      { involvedObject: { namespace: 'b' } },
      'involvedObject.namespace: Invalid value: "b": does not match event.namespace',
    ],
    [
      replicationControllerKind,
      { spec: { template: { spec: { containers: [{ name: 'c', image: 'a' }], activeDeadlineSeconds: 5 } } } },
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicationController is not Supported',
    ],
  ] as [Kind, object, string][])('refuses %#', (kind, rest, error) => {
    expect(shown(kind.validate!(made(kind, rest)))).toContain(error);
  });

  it('asks more of new events in the newer version', () => {
    const event = made(eventsEventKind, {
      apiVersion: 'events.k8s.io/v1',
      deprecatedCount: 1,
      type: 'Odd',
      regarding: {},
    });
    expect(shown(eventsEventKind.validateCreate!(event as never))).toEqual([
      'eventTime: Required value',
      'type: Invalid value: "": has invalid value: Odd',
      'count: Invalid value: "": needs to be unset',
    ]);
  });
});

describe('validateUpdate', () => {
  it.each([
    [
      'a service releases its second address',
      serviceKind,
      service({ clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'], ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'] }),
      service({ clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', 'fd00::1'], ipFamilies: ['IPv4', 'IPv6'] }),
      [],
    ],
    [
      'it does so silently',
      serviceKind,
      service({ clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'] }),
      service({ clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', 'fd00::1'] }),
      ["spec.ipFamilyPolicy: Invalid value: null: must be set to 'SingleStack' when releasing the secondary clusterIP"],
    ],
    [
      'its address changes',
      serviceKind,
      service({ clusterIP: '10.0.0.2', clusterIPs: ['10.0.0.2'] }),
      service({ clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'] }),
      ['spec.clusterIPs[0]: Invalid value: ["10.0.0.2"]: may not change once set'],
    ],
    [
      'a volume moves',
      persistentVolumeKind,
      volume({ hostPath: { path: '/b' } }),
      volume({}),
      [
        'spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation\n' +
          '@@ -2,7 +2,7 @@\n  "GCEPersistentDisk": null,\n  "AWSElasticBlockStore": null,\n  "HostPath": {\n' +
          '-  "Path": "/a",\n+  "Path": "/b",\n   "Type": ""\n  },\n  "Glusterfs": null,\n',
      ],
    ],
    ['a claim is bound', persistentVolumeClaimKind, claim({ volumeName: 'v' }), claim({}), []],
    [
      'a bound claim grows',
      persistentVolumeClaimKind,
      claim({ resources: { requests: { storage: '2Gi' } } }, bound),
      claim({}, bound),
      [],
    ],
    [
      'a claim grows before',
      persistentVolumeClaimKind,
      claim({ resources: { requests: { storage: '2Gi' } } }),
      claim({}),
      [
        'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n' +
          '@@ -6,7 +6,7 @@\n  "Resources": {\n   "Limits": null,\n   "Requests": {\n-   "storage": "1Gi"\n' +
          '+   "storage": "2Gi"\n   }\n  },\n  "VolumeName": "",\n',
      ],
    ],
    [
      'a bound claim shrinks',
      persistentVolumeClaimKind,
      claim({ resources: { requests: { storage: '1Mi' } } }, bound),
      claim({}, bound),
      ['spec.resources.requests.storage: Forbidden: field can not be less than status.capacity'],
    ],
    [
      'the scopes of a quota change',
      resourceQuotaKind,
      { spec: { scopes: ['BestEffort'] } },
      { spec: {} },
      ['spec.scopes: Invalid value: ["BestEffort"]: field is immutable'],
    ],
    [
      'a node gets other addresses',
      nodeKind,
      { spec: { podCIDR: '10.0.1.0/24' } },
      { spec: { podCIDR: '10.0.0.0/24' } },
      ['spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid'],
    ],
  ] as [string, Kind, object, object, string[]][])('when %s', (_what, kind, now, before, errors) => {
    expect(shown(kind.validateUpdate!(made(kind, now), made(kind, before)))).toEqual(errors);
  });

  it('of a status', () => {
    const namespace = made(namespaceKind, { status: { phase: 'Terminating' } });
    expect(shown(namespaceKind.validateStatusUpdate!(namespace as never, namespace as never))).toEqual([
      'status.Phase: Invalid value: "Terminating": may only be \'Active\' if `deletionTimestamp` is empty',
    ]);
    const controller = made(replicationControllerKind, {
      status: { replicas: 1, readyReplicas: 2, availableReplicas: 0 },
    });
    expect(shown(replicationControllerKind.validateStatusUpdate!(controller as never, controller as never))).toEqual([
      'status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas',
    ]);
  });
});

describe('warnings', () => {
  it.each([
    [
      serviceKind,
      service({ externalIPs: ['1.2.3.4'] }),
      ['spec.externalIPs is deprecated and may no longer be implemented in some clusters'],
    ],
    [
      serviceKind,
      service({ externalName: 'x' }),
      ['spec.externalName is ignored when spec.type is not "ExternalName"'],
    ],
    [serviceKind, service({}), []],
    [
      podTemplateKind,
      templateOf({
        affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1 }] } },
      }),
      [],
    ],
    [
      persistentVolumeKind,
      volume({ persistentVolumeReclaimPolicy: 'Recycle' }),
      [
        'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
      ],
    ],
    [
      persistentVolumeClaimKind,
      claim({ resources: { requests: { storage: '100m' } } }),
      ['spec.resources.requests[storage]: fractional byte value "100m" is invalid, must be an integer'],
    ],
  ] as [Kind, object, string[]][])('of %#', (kind, rest, warnings) => {
    expect(kind.warnings!(made(kind, rest), undefined)).toEqual(warnings);
  });
});
