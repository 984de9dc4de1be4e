import { type ImageModel, serve } from './image.js';

/**
 * Any image that no other model stands for: it starts, listens on whatever port is asked of it, and leaves soon when
 * asked to. What its program really does is not known here.
 */
export const defaultImage: ImageModel = {
  names: [],
  sizeBytes: 60_000_000,
  entrypoint: ['/entrypoint'],
  cmd: [],
  run: () => serve({ ports: 'any', readyAfterMs: 500, onStop: { afterMs: 300, code: 0 } }),
};
