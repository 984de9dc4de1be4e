import { type ImageModel, serve } from './image.js';

/** Waits, and leaves when asked to. */
export const pause: ImageModel = {
  names: ['registry.k8s.io/pause', 'k8s.gcr.io/pause', 'gcr.io/google_containers/pause', 'rancher/mirrored-pause'],
  sizeBytes: 318_731,
  entrypoint: ['/pause'],
  cmd: [],
  run: (_context, argv) => (argv[0] === '/pause' ? serve({ onStop: { afterMs: 20, code: 0 } }) : undefined),
};
