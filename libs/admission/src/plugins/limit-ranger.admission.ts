import { aggregateText } from '#apimachinery';
import { type LimitRange, type LimitRangeItem, limitRangeKind, type PersistentVolumeClaim, type Pod } from '#kinds';
import { podLimits, podRequests } from '#quota';
import { measured, outsideOf } from '../limit-ranges/constraints.js';
import { applyContainerDefaults } from '../limit-ranges/container-defaults.js';
import type { AdmissionPlugin, AdmissionRequest } from '../plugin.js';
import { isCore, refusal } from '../refusal.js';

/**
 * Sizes of containers, pods and claims, as a namespace's LimitRanges have them. Models plugin limitranger (1.36): of pods
 * only new ones and resizes are looked at, because containers cannot change otherwise.
 */
export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  handles(request) {
    const { operation } = request;
    if (isCore(request, 'pods')) return operation === 'CREATE';
    if (isCore(request, 'pods', 'resize')) return operation === 'UPDATE';
    return isCore(request, 'persistentvolumeclaims') && (operation === 'CREATE' || operation === 'UPDATE');
  },
  async mutate(request, reads) {
    if (request.kind.resource !== 'pods') return;
    const pod = request.object as Pod;
    if (!pod.spec?.containers) return;
    for (const range of await reads.list(limitRangeKind, request.namespace)) applyContainerDefaults(range, pod);
  },
  async validate(request, reads) {
    for (const range of await reads.list(limitRangeKind, request.namespace)) {
      const errors = limitsOf(range).flatMap((item) => errorsOf(item, request));
      if (errors.length > 0) throw refusal(request, aggregateText(errors));
    }
  },
};

const limitsOf = ({ spec }: LimitRange): readonly LimitRangeItem[] => spec?.limits ?? [];

function errorsOf(item: LimitRangeItem, { kind, object }: AdmissionRequest): string[] {
  if (kind.resource !== 'pods') {
    if (item.type !== 'PersistentVolumeClaim') return [];
    const { requests } = measured((object as PersistentVolumeClaim).spec?.resources);
    return outsideOf(item, { requests, limits: undefined });
  }
  // Overhead is the runtime's, not asked for by whom the range limits.
  const { overhead: _left, ...spec } = (object as Pod).spec;
  if (item.type === 'Pod') return outsideOf(item, { requests: podRequests(spec), limits: podLimits(spec) });
  if (item.type !== 'Container') return [];
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  return containers.flatMap(({ resources }) => outsideOf(item, measured(resources)));
}
