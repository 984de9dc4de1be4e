import type { Pod } from '#kinds';
import { isExtendedResource } from '#quota';
import type { AdmissionPlugin } from '../plugin.js';
import { isCore } from '../refusal.js';
import { mergedTolerations } from '../tolerations.js';

/** Who asks for a device may go where nodes with it are kept free. Models plugin extendedresourcetoleration (1.36). */
export const extendedResourceToleration: AdmissionPlugin = {
  name: 'ExtendedResourceToleration',
  defaultOff: true,
  handles: (request) => isCore(request, 'pods') && (request.operation === 'CREATE' || request.operation === 'UPDATE'),
  mutate({ object }) {
    const pod = object as Pod;
    if (!pod.spec) return;
    const containers = [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])];
    const names = containers
      .flatMap(({ resources }) => Object.keys(resources?.requests ?? {}))
      .filter(isExtendedResource);
    const added = [...new Set(names)].toSorted().map((key) => ({ key, operator: 'Exists', effect: 'NoSchedule' }));
    const present = pod.spec.tolerations ?? [];
    const missing = added.filter(({ key }) => !present.some((one) => one.key === key && one.operator === 'Exists'));
    if (missing.length === 0) return;
    pod.spec = { ...pod.spec, tolerations: mergedTolerations(present, missing) };
  },
};
