import { NODE_SCORE_MAX, type SchedulerPlugin } from '../framework.js';
import type { PodInfo } from '../pod-info.js';

/** Smaller images are not worth caring, bigger ones count as this. Models ImageLocality (1.36). */
const THRESHOLD_MIN_BYTES = 23 * 1024 * 1024;
const THRESHOLD_MAX_BYTES_PER_CONTAINER = 1000 * 1024 * 1024;

const withTag = (image: string) => (/[:@][^/]*$/.test(image) ? image : `${image}:latest`);

function imageNames(pod: PodInfo): string[] {
  const { initContainers = [], containers } = pod.pod.spec!;
  return [...initContainers, ...containers].map((container) => withTag(container.image ?? ''));
}

/** An image that sits on few nodes counts less, so that these do not attract everything. */
interface Spread {
  readonly name: string;
  readonly share: number;
}

/**
 * Prefers nodes that have the pod's images already. Models ImageLocality (1.36): names are compared as written, with
 * ':latest' added, so that 'nginx' is not found as 'docker.io/library/nginx:latest'.
 */
export const imageLocality = {
  name: 'ImageLocality',
  preScore(cycle, pod, _nodes, handle) {
    const nodeCount = handle.nodes().length;
    const spreads: Spread[] = imageNames(pod).map((name) => ({ name, share: handle.imageHolders(name) / nodeCount }));
    if (spreads.every(({ share }) => share === 0)) return 'skip';
    cycle.prepared.set('ImageLocality', spreads);
    return undefined;
  },
  score(cycle, pod, node) {
    const spreads = cycle.prepared.get('ImageLocality') as readonly Spread[];
    let sum = 0;
    for (const { name, share } of spreads) sum += Math.floor((node.images.get(name) ?? 0) * share);
    const max = THRESHOLD_MAX_BYTES_PER_CONTAINER * imageNames(pod).length;
    const clamped = Math.min(Math.max(sum, THRESHOLD_MIN_BYTES), max);
    return Math.floor((NODE_SCORE_MAX * (clamped - THRESHOLD_MIN_BYTES)) / (max - THRESHOLD_MIN_BYTES));
  },
} satisfies SchedulerPlugin;
