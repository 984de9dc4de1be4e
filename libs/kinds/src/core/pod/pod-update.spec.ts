import { describe, expect, it } from '@jest/globals';
import { StatusError } from '#apimachinery';
import type { Pod, PodSpec, PodStatus } from '../../generated/types.js';
import { shown } from '../../spec-kind.js';
import { podKind } from './pod.kind.js';
import { aPod, CONTAINER as c, errorsOfSpec as errorsOf } from './spec-pod.js';

describe('updates', () => {
  const change = (now: Partial<PodSpec>, before: Partial<PodSpec>) =>
    shown(podKind.validateUpdate!(aPod(now), aPod(before)));
  const gate = { schedulingGates: [{ name: 'g' }] };

  it.each([
    ['a gate goes', {}, gate],
    ['a gated pod is narrowed', { ...gate, nodeSelector: { a: '1', b: '2' } }, { ...gate, nodeSelector: { a: '1' } }],
  ] as [string, Partial<PodSpec>, Partial<PodSpec>][])('allows that %s', (_what, now, before) => {
    expect(change(now, before)).toEqual([]);
  });

  it.each([
    [
      'a gate comes',
      gate,
      {},
      "spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'g'",
    ],
    [
      'a gated pod is moved',
      { ...gate, nodeSelector: { a: '2' } },
      { ...gate, nodeSelector: { a: '1' } },
      'spec.nodeSelector: Invalid value: {"a":"2"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)',
    ],
    [
      'a deadline grows',
      { activeDeadlineSeconds: 9 },
      { activeDeadlineSeconds: 5 },
      'spec.activeDeadlineSeconds: Invalid value: 9: must be less than or equal to previous value',
    ],
    [
      'a toleration goes',
      {},
      { tolerations: [{ key: 'a', operator: 'Exists' }] },
      'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds',
    ],
  ] as [string, Partial<PodSpec>, Partial<PodSpec>, string][])('refuses that %s', (_what, now, before, error) => {
    expect(change(now, before)).toContain(error);
  });

  it('shows how a spec differs, as Go prints it', () => {
    expect(change({ hostNetwork: true, hostname: 'b' }, { hostname: 'a' })).toEqual([
      'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,' +
        '`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing ' +
        'tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n' +
        [
          '@@ -44,7 +44,7 @@',
          '  "AutomountServiceAccountToken": null,',
          '  "NodeName": "",',
          '  "SecurityContext": {',
          '-  "HostNetwork": false,',
          '+  "HostNetwork": true,',
          '   "HostPID": false,',
          '   "HostIPC": false,',
          '   "ShareProcessNamespace": null,',
          '@@ -64,7 +64,7 @@',
          '   "SELinuxChangePolicy": null',
          '  },',
          '  "ImagePullSecrets": null,',
          '- "Hostname": "a",',
          '+ "Hostname": "b",',
          '  "Subdomain": "",',
          '  "SetHostnameAsFQDN": null,',
          '  "Affinity": null,',
          '',
        ].join('\n'),
    ]);
  });

  it('keeps what has ended', () => {
    const state = (one: object): PodStatus => ({
      containerStatuses: [{ name: 'c', image: '', imageID: '', ready: false, restartCount: 0, state: one }],
    });
    const before = aPod({ restartPolicy: 'Never' }, { status: state({ terminated: { exitCode: 0 } }) });
    const now = aPod({ restartPolicy: 'Never' }, { status: state({ running: {} }) });
    expect(shown(podKind.validateStatusUpdate!(now, before))).toEqual([
      'status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state',
    ]);
    expect(
      podKind.validateStatusUpdate!(aPod({}, { status: now.status! }), aPod({}, { status: before.status! })),
    ).toEqual([]);
  });

  const env = undefined as never;
  const viewOf = (name: string) => podKind.subresources.find((one) => one.name === name)!;

  it('adds ephemeral containers and keeps those that are there', () => {
    const debug = { name: 'd', image: 'busybox' };
    const old = aPod({ ephemeralContainers: [debug] });
    const merge = (ephemeralContainers: PodSpec['ephemeralContainers']) =>
      viewOf('ephemeralcontainers').merge!(old, aPod({ ephemeralContainers: ephemeralContainers! }), env) as Pod;
    expect(merge([debug, { name: 'e', image: 'busybox' }]).spec.ephemeralContainers).toHaveLength(2);
    expect(() => merge([])).toThrow(StatusError);
    expect(() => merge([])).toThrow('existing ephemeral containers "d" may not be removed');
    expect(() => merge([{ ...debug, tty: true }])).toThrow(
      'existing ephemeral containers "d" may not be changed\n' +
        '@@ -27,6 +27,6 @@\n  "SecurityContext": null,\n  "Stdin": false,\n  "StdinOnce": false,\n- "TTY": false,\n+ "TTY": true,\n',
    );
    expect(
      errorsOf({ ephemeralContainers: [{ ...debug, ports: [{ containerPort: 1 }], targetContainerName: 'x' }] }),
    ).toEqual([
      'spec.ephemeralContainers[0].targetContainerName: Not found: "x"',
      'spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container',
    ]);
  });
});

describe('warnings', () => {
  it.each([
    [
      { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } },
      'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
    ],
    [
      {
        containers: [
          {
            ...c,
            env: [
              { name: 'A', value: '1' },
              { name: 'A', value: '2' },
            ],
          },
        ],
      },
      'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    ],
    [
      { containers: [{ ...c, resources: { limits: { memory: '100m' } } }] },
      'spec.containers[0].resources.limits[memory]: fractional byte value "100m" is invalid, must be an integer',
    ],
    [
      { containers: [{ ...c, ports: [{ containerPort: 80 }, { containerPort: 80 }] }] },
      'spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]',
    ],
    [{ volumes: [{ name: 'v', gitRepo: { repository: 'r' } }] }, 'spec.volumes[0].gitRepo: deprecated in v1.11'],
    [{ imagePullSecrets: [{ name: '' }] }, 'spec.imagePullSecrets[0].name: invalid empty name ""'],
    [
      { terminationGracePeriodSeconds: -1 },
      'spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1',
    ],
  ] as [Partial<PodSpec>, string][])('of %j', (spec, warning) => {
    expect(podKind.warnings!(aPod(spec), undefined)[0]).toContain(warning);
  });

  it('none of a plain pod', () => {
    expect(podKind.warnings!(aPod(), undefined)).toEqual([]);
  });
});
