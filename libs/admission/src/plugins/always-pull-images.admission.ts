import type { Pod } from '#kinds';
import type { AdmissionPlugin } from '../plugin.js';
import { isCore, refusal } from '../refusal.js';

const LISTS = ['containers', 'initContainers', 'ephemeralContainers'] as const;

/**
 * Nobody runs an image that somebody else with credentials has pulled. Models plugin alwayspullimages (1.36): an update
 * that brings no new image is left alone.
 */
export const alwaysPullImages: AdmissionPlugin = {
  name: 'AlwaysPullImages',
  defaultOff: true,
  handles: (request) =>
    (isCore(request, 'pods') || isCore(request, 'pods', 'ephemeralcontainers')) &&
    (request.operation === 'CREATE' || request.operation === 'UPDATE'),
  mutate({ object, old, operation }) {
    const pod = object as Pod;
    if (!pod.spec || (operation === 'UPDATE' && !bringsImages(pod, old as Pod))) return;
    // An update's spec may be the stored one itself: never changed, only replaced.
    const spec = { ...pod.spec };
    if (spec.containers) spec.containers = spec.containers.map(pulled);
    if (spec.initContainers) spec.initContainers = spec.initContainers.map(pulled);
    if (spec.ephemeralContainers) spec.ephemeralContainers = spec.ephemeralContainers.map(pulled);
    if (spec.volumes) {
      spec.volumes = spec.volumes.map((volume) =>
        volume.image ? { ...volume, image: { ...volume.image, pullPolicy: 'Always' } } : volume,
      );
    }
    pod.spec = spec;
  },
  validate(request) {
    const pod = request.object as Pod;
    if (request.operation === 'UPDATE' && !bringsImages(pod, request.old as Pod)) return;
    for (const list of LISTS) {
      const index = (pod.spec[list] ?? []).findIndex(({ imagePullPolicy }) => imagePullPolicy !== 'Always');
      if (index < 0) continue;
      const policy = JSON.stringify(pod.spec[list]![index]!.imagePullPolicy ?? '');
      const field = `spec.${list}[${index}].imagePullPolicy`;
      throw refusal(request, `${field}: Unsupported value: ${policy}: supported values: "Always"`);
    }
  },
};

const pulled = <T extends object>(container: T): T => ({ ...container, imagePullPolicy: 'Always' });

function bringsImages(pod: Pod, old: Pod): boolean {
  const before = new Set(LISTS.flatMap((list) => (old.spec[list] ?? []).map(({ image }) => image)));
  return LISTS.some((list) => (pod.spec[list] ?? []).some(({ image }) => !before.has(image)));
}
