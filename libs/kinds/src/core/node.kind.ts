import { findCondition, rfc3339, type TableColumn } from '#apimachinery';
import { column, wide } from '../columns.js';
import { defineKind, mergeStatusAndLabels } from '../define-kind.js';
import { wideTableOf } from '../generic-columns.js';
import type { Node } from '../generated/types.js';
import { validateNewNode, validateNode, validateNodeUpdate } from './node-validation.js';
import { nodeWarnings } from './node-warnings.js';

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

/** Conditions that a kubelet renews with every beat. */
const BEATING = new Set(['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']);

/** Models pkg/registry/core/node (1.36). */
export const nodeKind = defineKind<Node>({
  apiVersion: 'v1',
  resource: 'nodes',
  table: nodeTable,
  applyDefaults(node) {
    const { spec } = node;
    // Two names of one field; the list is the newer one.
    if (spec?.podCIDR && !spec.podCIDRs?.length) spec.podCIDRs = [spec.podCIDR];
    if (node.status?.capacity && !node.status.allocatable) node.status.allocatable = { ...node.status.capacity };
  },
  prepareForCreate() {
    // The status stays: a kubelet registers its node with it.
  },
  prepareForUpdate(node, old) {
    node.status = old.status ?? {};
  },
  validate: validateNode,
  validateCreate: validateNewNode,
  validateUpdate: validateNodeUpdate,
  validateStatusUpdate: (node, old) => [...validateNode(node), ...validateNodeUpdate(node, old)],
  warnings: nodeWarnings,
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
