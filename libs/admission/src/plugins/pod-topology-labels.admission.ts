import { nodeKind, type Pod } from '#kinds';
import type { Binding } from '#kinds';
import type { AdmissionPlugin } from '../plugin.js';
import { isCore } from '../refusal.js';

const COPIED = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'] as const;

/** A pod knows the zone and region of the node that it is bound to. Models plugin podtopologylabels (1.36). */
export const podTopologyLabels: AdmissionPlugin = {
  name: 'PodTopologyLabels',
  handles: (request) =>
    request.operation === 'CREATE' && (isCore(request, 'pods', 'binding') || isCore(request, 'pods')),
  async mutate(request, reads) {
    const object = request.object!;
    const name = request.subresource === 'binding' ? (object as Binding).target?.name : (object as Pod).spec?.nodeName;
    const node = name ? await reads.get(nodeKind, '', name) : undefined;
    const labels = COPIED.flatMap((key) => {
      const value = node?.metadata.labels?.[key];
      return value === undefined ? [] : [[key, value] as const];
    });
    if (labels.length > 0) object.metadata.labels = { ...object.metadata.labels, ...Object.fromEntries(labels) };
  },
};
