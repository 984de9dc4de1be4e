import type { ImageModel } from './image.js';

/** Distributions whose default command is bash, which ends at once without a terminal. */
export const debian: ImageModel = {
  names: ['debian', 'ubuntu', 'fedora', 'rockylinux', 'centos'],
  sizeBytes: 48_495_214,
  entrypoint: [],
  cmd: ['bash'],
  run: () => undefined,
};
