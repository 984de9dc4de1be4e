import { describe, expect, it } from '@jest/globals';
import type { Container } from '../../generated/types.js';
import { CONTAINER as c, errorsOfSpec as errorsOf } from './spec-pod.js';

const ofContainer = (more: Partial<Container>) => errorsOf({ containers: [{ ...c, ...more }] });

describe('containers', () => {
  it.each([
    [
      'a field that env cannot show',
      { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'status.phase' } } }] },
      'env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "status.phase": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"',
    ],
    [
      'a field that is none',
      { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.x' } } }] },
      'env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.x": error converting fieldPath: field label not supported: spec.x',
    ],
    [
      'a label of no name',
      { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: "metadata.labels['a b']" } } }] },
      'env[0].valueFrom.fieldRef: Invalid value: "a b": name part must consist of',
    ],
    [
      'an unknown resource',
      { env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.gpu' } } }] },
      'env[0].valueFrom.resourceFieldRef.resource: Unsupported value: "limits.gpu": supported values: "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"',
    ],
    [
      'a strange divisor',
      { env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '2' } } }] },
      'env[0].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor\'s values 1m and 1 are supported with the cpu resource',
    ],
    [
      'envFrom of nothing',
      { envFrom: [{}] },
      'envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`',
    ],
    [
      'two handlers',
      { livenessProbe: { exec: { command: ['a'] }, tcpSocket: { port: 1 } } },
      'livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type',
    ],
    [
      'a readiness probe with grace',
      { readinessProbe: { exec: { command: ['a'] }, terminationGracePeriodSeconds: 5 } },
      'readinessProbe.terminationGracePeriodSeconds: Invalid value: 5: must not be set for readinessProbes',
    ],
    [
      'a strange header',
      { livenessProbe: { httpGet: { port: 1, httpHeaders: [{ name: 'a b', value: '' }] } } },
      'livenessProbe.httpGet.httpHeaders: Invalid value: "a b": a valid HTTP header must consist of alphanumeric characters or \'-\'',
    ],
    [
      'a sleep beyond the grace',
      { lifecycle: { preStop: { sleep: { seconds: 31 } } } },
      'lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than terminationGracePeriodSeconds (30)',
    ],
    [
      'no standard resource',
      { resources: { limits: { gpu: '1' } } },
      'resources.limits[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified',
    ],
    [
      'half a device',
      { resources: { limits: { 'a.io/gpu': '500m' } } },
      'resources.limits[a.io/gpu]: Invalid value: "500m": must be an integer',
    ],
    [
      'a device without a limit',
      { resources: { requests: { 'a.io/gpu': '1' } } },
      'resources.limits: Required value: Limit must be set for non overcommitable resources',
    ],
    [
      'huge pages alone',
      { resources: { limits: { 'hugepages-2Mi': '2Mi' } } },
      'resources: Forbidden: HugePages require cpu or memory',
    ],
    [
      'half a huge page',
      { resources: { limits: { cpu: '1', 'hugepages-2Mi': '1Mi' } } },
      'resources.limits[hugepages-2Mi]: Invalid value: "1Mi": 1Mi is not positive integer multiple of hugepages-2Mi',
    ],
    [
      'a claim of no pod',
      { resources: { claims: [{ name: 'x' }] } },
      'resources.claims[0]: Not found: "x": must be one of the names in pod.spec.resourceClaims which is empty',
    ],
    [
      'privileges up and down',
      { securityContext: { privileged: true, allowPrivilegeEscalation: false } },
      'securityContext: Invalid value: {"privileged":true,"allowPrivilegeEscalation":false}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
    ],
    [
      'a local profile without a path',
      { securityContext: { seccompProfile: { type: 'Localhost' } } },
      'securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost',
    ],
    [
      'an unmasked /proc',
      { securityContext: { procMount: 'Unmasked' } },
      'securityContext.procMount: Invalid value: "Unmasked": `hostUsers` must be false to use `Unmasked`',
    ],
    [
      'a user below 0',
      { securityContext: { runAsUser: -1 } },
      'securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive',
    ],
    [
      'a resize policy of a disk',
      { resizePolicy: [{ resourceName: 'disk', restartPolicy: 'NotRequired' }] },
      'resizePolicy: Unsupported value: "disk": supported values: "cpu", "memory"',
    ],
    [
      'spaces around the image',
      { image: ' nginx' },
      'image: Invalid value: " nginx": must not have leading or trailing whitespace',
    ],
    [
      'a port name twice',
      {
        ports: [
          { name: 'a', containerPort: 1 },
          { name: 'a', containerPort: 2 },
        ],
      },
      'ports[1].name: Duplicate value: "a"',
    ],
    [
      'a host port twice',
      {
        ports: [
          { hostPort: 1, containerPort: 1 },
          { hostPort: 1, containerPort: 2 },
        ],
      },
      'ports[1].hostPort: Duplicate value: "TCP//1"',
    ],
    [
      'restart rules without a policy',
      { restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [1] } }] },
      'restartPolicy: Required value: must specify restartPolicy when restart rules are used',
    ],
  ] as [string, Partial<Container>, string][])('refuses %s', (_what, more, error) => {
    expect(ofContainer(more)).toContainEqual(expect.stringContaining(`spec.containers[0].${error}`));
  });

  it('lets everything be that is right', () => {
    expect(
      ofContainer({
        env: [
          { name: 'A b', value: '1' },
          { name: 'L', valueFrom: { fieldRef: { fieldPath: "metadata.labels['a/b']" } } },
          { name: 'R', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
        ],
        envFrom: [{ prefix: 'P_', configMapRef: { name: 'a' } }],
        resources: { limits: { cpu: '1', 'hugepages-2Mi': '4Mi', 'a.io/gpu': '1' } },
        startupProbe: { httpGet: { port: 'web' } },
        restartPolicy: 'Never',
      }),
    ).toEqual([]);
  });

  it('lets sidecars be probed, other init containers not', () => {
    const init = (more: Partial<Container>) =>
      errorsOf({ initContainers: [{ name: 'i', image: 'a', livenessProbe: { tcpSocket: { port: 1 } }, ...more }] });
    expect(init({ restartPolicy: 'Always' })).toEqual([]);
    expect(init({})).toEqual([
      'spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    ]);
  });
});

describe('mounts', () => {
  const mounted = (mount: object, more: Partial<Container> = {}) =>
    errorsOf({
      volumes: [{ name: 'v' }],
      containers: [{ ...c, volumeMounts: [{ name: 'v', mountPath: '/a', ...mount }], ...more }],
    });
  it.each([
    [{ subPath: '/a' }, 'subPath: Invalid value: "/a": must be a relative path'],
    [{ subPath: 'a/../b' }, 'subPath: Invalid value: "a/../b": must not contain \'..\''],
    [
      { subPath: 'a', subPathExpr: 'b' },
      '[0].subPathExpr: Invalid value: "b": subPathExpr and subPath are mutually exclusive',
    ],
    [
      { mountPropagation: 'Bidirectional' },
      'mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers',
    ],
    [{ recursiveReadOnly: 'Enabled' }, 'recursiveReadOnly: Forbidden: may only be specified when readOnly is true'],
    [
      { recursiveReadOnly: 'Yes' },
      'recursiveReadOnly: Unsupported value: "Yes": supported values: "Disabled", "Enabled", "IfPossible"',
    ],
  ])('refuses %j', (mount, error) => {
    expect(mounted(mount)).toEqual([expect.stringMatching(/^spec\.containers\[0\]\.volumeMounts/)]);
    expect(mounted(mount)[0]).toContain(error);
  });

  it('wants claims behind block devices', () => {
    const devices = { volumeDevices: [{ name: 'v', devicePath: '/b' }], volumeMounts: [] };
    expect(mounted({}, devices)).toEqual([
      'spec.containers[0].volumeDevices[0].name: Invalid value: "v": can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode',
    ]);
  });
});
