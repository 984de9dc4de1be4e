import {
  deepEqual,
  type FieldError,
  fieldError,
  findCondition,
  qualifiedName,
  rfc3339,
  type TableColumn,
} from '#apimachinery';
import { column, wide } from '../columns.js';
import { defineKind, mergeStatusAndLabels } from '../define-kind.js';
import { checkOneOf } from '../field-rules.js';
import { wideTableOf } from '../generic-columns.js';
import type { Node } from '../generated/types.js';

const ROLE_PREFIX = 'node-role.kubernetes.io/';
const ROLE_LABEL = 'kubernetes.io/role';

/** Sorted, without doubles: 'control-plane', 'worker'. */
function nodeRoles(labels: Readonly<Record<string, string>> = {}): string[] {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(labels)) {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length) roles.add(key.slice(ROLE_PREFIX.length));
    else if (key === ROLE_LABEL && value !== '') roles.add(value);
  }
  return [...roles].toSorted();
}

function statusText({ spec, status }: Node): string {
  const ready = findCondition(status?.conditions, 'Ready');
  const words = [ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown'];
  if (spec?.unschedulable) words.push('SchedulingDisabled');
  return words.join(',');
}

function addressOf({ status }: Node, type: string): string {
  return status?.addresses?.find((address) => address.type === type)?.address || '<none>';
}

const wideColumns: TableColumn[] = [
  wide('Internal-IP'),
  wide('External-IP'),
  wide('OS-Image'),
  wide('Kernel-Version'),
  wide('Container-Runtime'),
];

const versionColumn = column('Version', 'string', { description: 'Version of the kubelet.' });

/** Version comes after Age. Models printNode (1.36). */
const nodeTable = wideTableOf<Node>(
  [column('Status'), column('Roles')],
  (node) => [statusText(node), nodeRoles(node.metadata.labels).join(',') || '<none>'],
  [versionColumn, ...wideColumns],
  (node) => {
    const info = node.status?.nodeInfo;
    return [
      info?.kubeletVersion ?? '',
      addressOf(node, 'InternalIP'),
      addressOf(node, 'ExternalIP'),
      info?.osImage || '<unknown>',
      info?.kernelVersion || '<unknown>',
      info?.containerRuntimeVersion || '<unknown>',
    ];
  },
);

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

function checkTaints(errors: FieldError[], { spec }: Node): void {
  const seen = new Set<string>();
  for (const [i, { key, effect }] of (spec?.taints ?? []).entries()) {
    const at = `spec.taints[${i}]`;
    for (const why of qualifiedName(key ?? '')) errors.push(fieldError.invalid(`${at}.key`, key ?? '', why));
    if (!effect) errors.push(fieldError.required(`${at}.effect`));
    else checkOneOf(errors, `${at}.effect`, effect, EFFECTS);
    const pair = `${key}:${effect}`;
    if (seen.has(pair)) {
      const why = 'taints must be unique by key and effect pair';
      errors.push({
        ...fieldError.duplicate(at, { key, effect }),
        detail: `Duplicate value: ${JSON.stringify({ key, effect })}: ${why}`,
      });
    }
    seen.add(pair);
  }
}

/** Conditions that a kubelet renews with every beat. */
const BEATING = new Set(['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']);

/** Models pkg/registry/core/node (1.36). */
export const nodeKind = defineKind<Node>({
  apiVersion: 'v1',
  resource: 'nodes',
  table: nodeTable,
  applyDefaults(node) {
    if (node.status?.capacity && !node.status.allocatable) node.status.allocatable = { ...node.status.capacity };
  },
  prepareForCreate() {
    // The status stays: a kubelet registers its node with it.
  },
  prepareForUpdate(node, old) {
    node.status = old.status ?? {};
  },
  validate(node) {
    const errors: FieldError[] = [];
    checkTaints(errors, node);
    return errors;
  },
  validateUpdate({ spec }, old) {
    const errors: FieldError[] = [];
    const before = old.spec?.podCIDR;
    if (before && spec?.podCIDR !== before) {
      errors.push(fieldError.forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'));
    }
    if (old.spec?.providerID && !deepEqual(old.spec.providerID, spec?.providerID)) {
      errors.push(
        fieldError.forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'),
      );
    }
    return errors;
  },
  selectableFields: ({ spec }) => ({ 'spec.unschedulable': String(spec?.unschedulable ?? false) }),
  alive(node, lastBeatMs) {
    const conditions = node.status?.conditions;
    if (!conditions) return node;
    const lastHeartbeatTime = rfc3339(lastBeatMs);
    const beaten = conditions.map((one) => (BEATING.has(one.type) ? { ...one, lastHeartbeatTime } : one));
    return { ...node, status: { ...node.status, conditions: beaten } };
  },
  subresources: [{ name: 'status', verbs: ['get', 'patch', 'update'], merge: mergeStatusAndLabels }],
});
