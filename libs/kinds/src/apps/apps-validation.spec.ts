import { describe, expect, it } from '@jest/globals';
import type { FieldError, KubeObject } from '#apimachinery';
import type { Kind } from '../kind.js';
import { controllerRevisionKind } from './controller-revision.kind.js';
import { daemonSetKind } from './daemon-set.kind.js';
import { statefulSetKind } from './stateful-set.kind.js';

const shown = (errors: readonly FieldError[]) => errors.map(({ field, detail }) => `${field}: ${detail}`);
const container = { name: 'c', image: 'a' };
const workload = {
  selector: { matchLabels: { a: '1' } },
  template: { metadata: { labels: { a: '1' } }, spec: { containers: [container] } },
};

function made(kind: Kind, rest: object): KubeObject {
  const object = {
    apiVersion: 'apps/v1',
    kind: kind.kind,
    metadata: { name: 'a' },
    ...structuredClone(rest),
  } as KubeObject;
  kind.applyDefaults?.(object);
  return object;
}

const claims = {
  volumeClaimTemplates: [
    {
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
  ],
};
const mounting = {
  ...workload.template,
  spec: { containers: [{ ...container, volumeMounts: [{ name: 'data', mountPath: '/data' }] }] },
};
const rolling = (rollingUpdate: object) => ({
  spec: { ...workload, updateStrategy: { type: 'RollingUpdate', rollingUpdate } },
});

describe('validate', () => {
  it.each([
    [statefulSetKind, { spec: { ...workload, ...claims, template: mounting } }, []],
    [
      statefulSetKind,
      { spec: { ...workload, template: mounting } },
      ['spec.template.spec.containers[0].volumeMounts[0].name: Not found: "data"'],
    ],
    [
      statefulSetKind,
      { spec: { ...workload, podManagementPolicy: 'Odd' } },
      ["spec.podManagementPolicy: Invalid value: \"Odd\": must be 'OrderedReady' or 'Parallel'"],
    ],
    [
      statefulSetKind,
      rolling({ maxUnavailable: 0 }),
      ['spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: 0: cannot be 0'],
    ],
    [daemonSetKind, { spec: workload }, []],
    [
      daemonSetKind,
      rolling({ maxUnavailable: 1, maxSurge: 1 }),
      ['spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero'],
    ],
    [
      daemonSetKind,
      rolling({ maxUnavailable: 0, maxSurge: 0 }),
      ['spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0'],
    ],
    [
      daemonSetKind,
      rolling({ maxUnavailable: '101%' }),
      ['spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%'],
    ],
    [
      controllerRevisionKind,
      { revision: -1 },
      ['data: Required value: data is mandatory', 'revision: Invalid value: -1: must be greater than or equal to 0'],
    ],
  ] as [Kind, object, string[]][])('%#', (kind, rest, errors) => {
    expect(shown(kind.validate!(made(kind, rest)))).toEqual(errors);
  });

  it('lets the data of a revision be', () => {
    const [now, before] = [{ data: { a: 1 } }, { data: { a: 2 } }].map((rest) => made(controllerRevisionKind, rest));
    expect(shown(controllerRevisionKind.validateUpdate!(now as never, before as never))).toEqual([
      'data: Invalid value: {"a":1}: field is immutable',
    ]);
  });

  it('holds counts of a status together', () => {
    const now = made(statefulSetKind, { spec: workload, status: { replicas: 1, readyReplicas: 2, collisionCount: 0 } });
    const before = made(statefulSetKind, { spec: workload, status: { replicas: 1, collisionCount: 1 } });
    expect(shown(statefulSetKind.validateStatusUpdate!(now as never, before as never))).toEqual([
      'status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas',
      'status.collisionCount: Invalid value: 0: cannot be decremented',
    ]);
  });
});
