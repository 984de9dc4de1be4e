import { describe, expect, it } from '@jest/globals';
import type { PodSpec, Volume } from '../../generated/types.js';
import { shown } from '../../spec-kind.js';
import { podKind } from './pod.kind.js';
import { aPod, CONTAINER as c, errorsOfSpec as errorsOf } from './spec-pod.js';

const fromFile = (volumeName: string) => ({
  name: 'A',
  valueFrom: { fileKeyRef: { key: 'A', path: 'f', volumeName } },
});
const ofVolume = (volume: Omit<Volume, 'name'>) => errorsOf({ volumes: [{ name: 'v', ...volume }] });

describe('volumes', () => {
  it.each([
    [{ hostPath: { path: '/a/../b' } }, 'hostPath.path: Invalid value: "/a/../b": must not contain \'..\''],
    [
      { hostPath: { path: '/a', type: 'Dir' } },
      'hostPath.type: Unsupported value: "Dir": supported values: "", "BlockDevice"',
    ],
    [{ secret: {} }, 'secret.secretName: Required value'],
    [
      { configMap: { name: 'a', defaultMode: 0o1000 } },
      'configMap.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive',
    ],
    [
      { configMap: { name: 'a', items: [{ key: 'k', path: '..x' }] } },
      'configMap.items[0].path: Invalid value: "..x": must not start with \'..\'',
    ],
    [{ nfs: { server: 's', path: 'a' } }, 'nfs.path: Invalid value: "a": must be an absolute path'],
    [{ persistentVolumeClaim: { claimName: '' } }, 'persistentVolumeClaim.claimName: Required value'],
    [
      { downwardAPI: { items: [{ path: 'a' }] } },
      'downwardAPI: Required value: one of fieldRef and resourceFieldRef is required',
    ],
    [{ csi: { driver: 'A_b' } }, 'csi.driver: Invalid value: "A_b": a lowercase RFC 1123 subdomain'],
    [
      { iscsi: { targetPortal: 'p', iqn: 'x', lun: 0 } },
      'iscsi.iqn: Invalid value: "x": must be valid format starting with iqn, eui, or naa',
    ],
    [{ ephemeral: {} }, 'ephemeral.volumeClaimTemplate: Required value'],
    [{ image: {} }, 'image.reference: Required value'],
    [
      { projected: { sources: [{ secret: { name: 's' }, configMap: { name: 'c' } }] } },
      'projected.sources[0]: Forbidden: may not specify more than 1 volume type per source',
    ],
    [
      {
        projected: {
          sources: [
            {
              configMap: {
                name: 'c',
                items: [
                  { key: 'a', path: 'p' },
                  { key: 'b', path: 'p' },
                ],
              },
            },
          ],
        },
      },
      'projected: Invalid value: "c": conflicting duplicate paths',
    ],
  ] as [Omit<Volume, 'name'>, string][])('refuses %j', (volume, error) => {
    expect(ofVolume(volume)).toContainEqual(expect.stringContaining(`spec.volumes[0].${error}`));
  });

  it('wants an account behind tokens, and some time', () => {
    const token = (expirationSeconds: number) =>
      ofVolume({ projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds } }] } });
    expect(token(600)).toEqual([
      'spec.volumes[0].projected.sources[0].serviceAccountToken: Forbidden: must not be specified when serviceAccountName is not set',
    ]);
    expect(token(599)[0]).toBe(
      'spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes',
    );
  });
});

describe('the pod as a whole', () => {
  it.each([
    [{ dnsPolicy: 'None' }, 'dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
    [
      { dnsConfig: { nameservers: ['x'] } },
      'dnsConfig.nameservers[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
    [
      { dnsConfig: { nameservers: ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4'] } },
      'dnsConfig.nameservers: Invalid value: ["1.1.1.1","1.1.1.2","1.1.1.3","1.1.1.4"]: must not have more than 3 nameservers',
    ],
    [
      { hostAliases: [{ ip: 'a' }] },
      'hostAliases[0].ip: Invalid value: "a": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
    [{ hostUsers: false, hostPID: true }, 'HostPID: Forbidden: when `hostUsers` is false'],
    [
      { activeDeadlineSeconds: 0 },
      'activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive',
    ],
    [
      { securityContext: { sysctls: [{ name: 'A', value: '' }] } },
      'securityContext.sysctls[0].name: Invalid value: "A": must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$',
    ],
    [
      { hostNetwork: true, securityContext: { sysctls: [{ name: 'net.core.somaxconn', value: '1' }] } },
      'securityContext.sysctls[0].name: Invalid value: "net.core.somaxconn": may not be specified when \'hostNetwork\' is true',
    ],
    [
      { securityContext: { supplementalGroupsPolicy: 'x' } },
      'securityContext.supplementalGroupsPolicy: Unsupported value: "x": supported values: "Merge", "Strict"',
    ],
    [{ os: { name: 'beos' } }, 'os: Unsupported value: "beos": supported values: "linux", "windows"'],
    [
      { os: { name: 'windows' }, securityContext: { runAsUser: 1 } },
      'securityContext.runAsUser: Forbidden: cannot be set for a windows pod',
    ],
    [
      { os: { name: 'linux' }, securityContext: { windowsOptions: { runAsUserName: 'a' } } },
      'securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod',
    ],
    [
      { resourceClaims: [{ name: 'a' }] },
      'resourceClaims[0]: Invalid value: {"name":"a"}: must specify one of: `resourceClaimName`, `resourceClaimTemplateName`',
    ],
    [
      { readinessGates: [{ conditionType: 'a b' }] },
      'readinessGates[0].conditionType: Invalid value: "a b": name part must consist of',
    ],
    [
      { topologySpreadConstraints: [{ maxSkew: 0, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule' }] },
      'topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero',
    ],
    [{ overhead: { cpu: '-1' } }, 'overhead.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0'],
    [
      { resources: { limits: { 'a.io/gpu': '1' } } },
      'resources.limits[a.io/gpu]: Unsupported value: "a.io/gpu": supported values: "cpu", "hugepages-", "memory"',
    ],
    [
      {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchFields: [{ key: 'x', operator: 'In', values: ['a'] }] }],
            },
          },
        },
      },
      'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].key: Invalid value: "x": not a valid field selector key',
    ],
    [
      { os: { name: 'windows' }, resources: { limits: { cpu: '1' } } },
      'resources: Forbidden: may not be set for a windows pod',
    ],
    [
      { resources: { claims: [{ name: 'x' }] } },
      'resources.claims: Forbidden: claims may not be set for Resources at pod-level',
    ],
    [
      {
        containers: [{ ...c, resources: { limits: { cpu: '1', 'hugepages-2Mi': '4Mi' } } }],
        resources: { limits: { cpu: '2', 'hugepages-2Mi': '2Mi' } },
      },
      'resources.limits[hugepages-2Mi]: Invalid value: "2Mi": must be greater than or equal to aggregate container limits of 4Mi',
    ],
    [
      { hostUsers: false, containers: [{ ...c, volumeDevices: [{ name: 'v', devicePath: '/d' }] }] },
      'containers[0].volumeDevices: Forbidden: when `hostUsers` is false',
    ],
    [{ hostnameOverride: '' }, 'hostnameOverride: Invalid value: "": a lowercase RFC 1123 subdomain must consist of'],
    [
      { hostnameOverride: 'a', setHostnameAsFQDN: true },
      'hostnameOverride: Forbidden: may not be specified when setHostnameAsFQDN is true',
    ],
    [
      { containers: [{ ...c, env: [fromFile('gone')] }] },
      'containers[0].env[0].valueFrom.fileKeyRef.volumeName: Not found: "gone"',
    ],
    [
      { containers: [{ ...c, env: [fromFile('v')] }], volumes: [{ name: 'v', hostPath: { path: '/' } }] },
      'containers[0].env[0].valueFrom.fileKeyRef.volumeName: Invalid value: "v": referenced volume must be of type emptyDir',
    ],
    [
      { containers: [{ ...c, lifecycle: { stopSignal: 'SIGINT' } }] },
      'containers[0].lifecycle.stopSignal: Forbidden: may not be set for containers with empty `spec.os.name`',
    ],
    [
      { os: { name: 'windows' }, containers: [{ ...c, lifecycle: { stopSignal: 'SIGINT' } }] },
      'containers[0].lifecycle.stopSignal: Unsupported value: "SIGINT": supported values: "SIGKILL", "SIGTERM"',
    ],
    // Comparing operators are behind a gate that 1.36 leaves shut.
    [
      { tolerations: [{ key: 'a', operator: 'Gt', value: '1' }] },
      'tolerations[0].operator: Unsupported value: "Gt": supported values: "Equal", "Exists"',
    ],
  ] as [Partial<PodSpec>, string][])('refuses %j', (spec, error) => {
    expect(errorsOf(spec)).toContainEqual(expect.stringContaining(`spec.${error}`));
  });

  it.each([
    { os: { name: 'linux' }, containers: [{ ...c, lifecycle: { stopSignal: 'SIGRTMIN+15' } }] },
    { containers: [{ ...c, resources: { requests: { cpu: '2' } } }], resources: { requests: { memory: '1Gi' } } },
    { containers: [{ ...c, env: [fromFile('v')] }], volumes: [{ name: 'v', emptyDir: {} }] },
  ] as Partial<PodSpec>[])('takes %j', (spec) => {
    expect(errorsOf(spec)).toEqual([]);
  });

  it.each([
    [
      'what its containers ask for, else its limits',
      { requests: { cpu: '1', 'a.io/x': '1' } },
      { limits: { cpu: '4', memory: '1Gi' } },
      { limits: { cpu: '4', memory: '1Gi' }, requests: { cpu: '1', memory: '1Gi' } },
    ],
    [
      'nothing more where it is not limited',
      { requests: { cpu: '1' } },
      { requests: { memory: '1Gi' } },
      { requests: { memory: '1Gi' } },
    ],
    [
      'the huge pages of its containers',
      { limits: { 'hugepages-2Mi': '2Mi' } },
      { limits: { cpu: '4' } },
      { limits: { cpu: '4', 'hugepages-2Mi': '2Mi' }, requests: { cpu: '4', 'hugepages-2Mi': '2Mi' } },
    ],
  ] as [string, PodSpec['resources'], PodSpec['resources'], PodSpec['resources']][])(
    'as a whole asks for %s',
    (_what, ofContainer, ofPod, expected) => {
      const { spec } = aPod({ containers: [{ ...c, resources: ofContainer! }], resources: ofPod! });
      expect(spec.resources).toEqual(expected);
    },
  );

  it('wants the containers to fit in the pod', () => {
    const containers = [{ ...c, resources: { requests: { cpu: '2' }, limits: { cpu: '4' } } }];
    expect(errorsOf({ containers, resources: { requests: { cpu: '1' }, limits: { cpu: '3' } } })).toEqual([
      'spec.resources.requests[cpu]: Invalid value: "1": must be greater than or equal to aggregate container requests of 2',
      'spec.resources.containers[0][cpu].limits: Invalid value: "4": must be less than or equal to pod limits of 3',
    ]);
  });

  it.each([
    [
      { ephemeralContainers: [{ name: 'd', image: 'a' }] },
      'spec.ephemeralContainers: Forbidden: cannot be set on create',
    ],
    [
      { nodeName: 'n', schedulingGates: [{ name: 'g' }] },
      'spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared',
    ],
  ] as [Partial<PodSpec>, string][])('refuses a new pod with %j', (spec, error) => {
    expect(shown(podKind.validateCreate!(aPod(spec)))).toEqual([error]);
  });

  it('reads annotations', () => {
    const pod = aPod({}, { metadata: { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '+1' } } });
    expect(shown(podKind.validate!(pod))).toEqual([
      'metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "+1": must be a 32bit integer',
    ]);
  });
});
