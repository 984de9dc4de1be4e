import { describe, expect, it } from '@jest/globals';
import type { Kind } from '../kind.js';
import { csiDriverKind } from './csi-driver.kind.js';
import { csiNodeKind } from './csi-node.kind.js';
import { csiStorageCapacityKind } from './csi-storage-capacity.kind.js';
import { storageClassKind } from './storage-class.kind.js';
import { volumeAttachmentKind } from './volume-attachment.kind.js';
import { volumeAttributesClassKind } from './volume-attributes-class.kind.js';
import { made, shown } from '../spec-kind.js';

const provisioner = 'example.com/disk';
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'v']));
const term = (...values: string[]) => ({ matchLabelExpressions: [{ key: 'zone', values }] });
const attachment = (source: object, more: object = {}) => ({
  spec: { attacher: 'csi.example.com', nodeName: 'node01', source, ...more },
});

describe('rules of new objects', () => {
  it.each([
    [storageClassKind, { provisioner }, []],
    [
      storageClassKind,
      { reclaimPolicy: 'Recycle', volumeBindingMode: 'Odd', parameters: { '': 'x' } },
      [
        'provisioner: Required value',
        'parameters: Invalid value: "": field can not be empty.',
        'reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"',
        'volumeBindingMode: Unsupported value: "Odd": supported values: "Immediate", "WaitForFirstConsumer"',
      ],
    ],
    [
      storageClassKind,
      { provisioner, parameters: many(513) },
      ['parameters: Too long: may not be more than 512 bytes'],
    ],
    [
      storageClassKind,
      { provisioner, allowedTopologies: [term('a', 'b'), term('b', 'a'), term('a', 'a'), {}] },
      [
        'allowedTopologies[1].matchLabelExpressions: Duplicate value: ""',
        'allowedTopologies[2].matchLabelExpressions[0].values[1]: Duplicate value: "a"',
        'allowedTopologies[3].matchLabelExpressions: Duplicate value: ""',
      ],
    ],
    [
      volumeAttributesClassKind,
      { driverName: 'a' },
      ['parameters: Required value: must contain at least one key/value pair'],
    ],
    [csiDriverKind, { spec: {} }, []],
    [
      csiDriverKind,
      {
        spec: {
          fsGroupPolicy: 'Odd',
          volumeLifecycleModes: ['Odd'],
          nodeAllocatableUpdatePeriodSeconds: 9,
          tokenRequests: [{ audience: 'a', expirationSeconds: 1 }, { audience: 'a' }],
        },
      },
      [
        'spec.fsGroupPolicy: Unsupported value: "Odd": supported values: "File", "None", "ReadWriteOnceWithFSType"',
        'spec.tokenRequests[0].expirationSeconds: Invalid value: 1: may not specify a duration less than 10 minutes',
        'spec.tokenRequests[1].audience: Duplicate value: "a"',
        'spec.volumeLifecycleModes: Unsupported value: "Odd": supported values: "Persistent", "Ephemeral"',
        'spec.nodeAllocatableUpdatePeriodSeconds: Invalid value: 9: must be greater than or equal to 10 seconds',
      ],
    ],
    [
      csiNodeKind,
      {
        spec: {
          drivers: [
            { name: 'a', nodeID: 'x', topologyKeys: ['k', 'k'] },
            { name: 'a', allocatable: { count: -1 } },
          ],
        },
      },
      [
        'spec.drivers[0]: Duplicate value: "k"',
        'spec.drivers[1].nodeID: Required value',
        'spec.drivers[1].allocatable.count: Invalid value: -1: must be greater than or equal to 0',
        'spec.drivers[1].name: Duplicate value: "a"',
      ],
    ],
    [
      csiStorageCapacityKind,
      { storageClassName: 'a', capacity: '-1' },
      ['capacity: Invalid value: "-1": must be greater than or equal to 0'],
    ],
    [volumeAttachmentKind, attachment({ persistentVolumeName: 'pv' }), []],
    [
      volumeAttachmentKind,
      attachment({}, { attacher: '' }),
      [
        'spec.attacher: Required value',
        'spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName',
        'spec.attacher: Required value',
        expect.stringMatching(/^spec\.attacher: Invalid value: "": a lowercase RFC 1123 subdomain/),
      ],
    ],
    [
      volumeAttachmentKind,
      attachment({
        inlineVolumeSpec: { accessModes: ['ReadWriteOnce'], hostPath: { path: '/a' }, storageClassName: 's' },
      }),
      [
        'spec.source.inlineVolumeSpec.csi: Required value: must be specified in the context of inline volumes',
        'spec.source.inlineVolumeSpec.storageClassName: Forbidden: may not be specified in the context of inline volumes',
      ],
    ],
  ] as [Kind, object, string[]][])('%#', (kind, rest, errors) => {
    const object = made(kind, rest);
    expect(shown([...kind.validate!(object), ...(kind.validateCreate?.(object) ?? [])])).toEqual(errors);
  });
});

describe('rules of changes', () => {
  it.each([
    [
      storageClassKind,
      { provisioner, parameters: { a: 'b' }, volumeBindingMode: 'WaitForFirstConsumer' },
      { provisioner: 'other', reclaimPolicy: 'Retain' },
      [
        'parameters: Forbidden: updates to parameters are forbidden.',
        'provisioner: Forbidden: updates to provisioner are forbidden.',
        'reclaimPolicy: Forbidden: updates to reclaimPolicy are forbidden.',
        'volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable',
      ],
    ],
    [
      csiDriverKind,
      { spec: { attachRequired: false } },
      { spec: {} },
      ['spec.attachedRequired: Invalid value: false: field is immutable'],
    ],
    [
      csiNodeKind,
      {
        spec: {
          drivers: [
            { name: 'a', nodeID: 'x', allocatable: { count: 2 } },
            { name: 'b', nodeID: 'z' },
          ],
        },
      },
      {
        spec: {
          drivers: [
            { name: 'a', nodeID: 'x' },
            { name: 'b', nodeID: 'y' },
          ],
        },
      },
      ['spec.drivers: Invalid value: {"name":"b","nodeID":"z"}: field is immutable'],
    ],
    [
      csiStorageCapacityKind,
      { storageClassName: 'a', capacity: '2' },
      { storageClassName: 'b', capacity: '1' },
      ['storageClassName: Invalid value: "a": field is immutable'],
    ],
  ] as [Kind, object, object, string[]][])('%#', (kind, now, before, errors) => {
    expect(shown(kind.validateUpdate!(made(kind, now), made(kind, before)))).toEqual(errors);
  });

  it('counts changes of a driver', () => {
    const before = made(csiDriverKind, { spec: {} });
    const now = made(csiDriverKind, { spec: { requiresRepublish: true } });
    csiDriverKind.prepareForUpdate!(now as never, before as never, {} as never);
    expect(now.metadata.generation).toBe(1);
  });

  it('takes of an attachment nothing but its status through that path', () => {
    const status = volumeAttachmentKind.subresources.find(({ name }) => name === 'status')!;
    const stored = made(volumeAttachmentKind, {
      ...attachment({ persistentVolumeName: 'pv' }),
      metadata: { name: 'a', annotations: { a: '1' } },
    });
    const body = {
      ...stored,
      metadata: { name: 'a', annotations: { a: '2' }, finalizers: ['x/y'] },
      spec: {},
      status: { attached: true },
    };
    expect(status.merge!(stored as never, body as never, {} as never)).toEqual({
      ...stored,
      status: { attached: true },
    });
  });
});
