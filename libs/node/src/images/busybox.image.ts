import type { ImageModel } from './image.js';

/** Nothing but a shell and its commands, which is what the shell's model is. */
export const busybox: ImageModel = {
  names: ['busybox'],
  sizeBytes: 2_224_358,
  entrypoint: [],
  cmd: ['sh'],
  run: () => undefined,
};
