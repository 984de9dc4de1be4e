import type { ImageModel } from './image.js';

/** A small distribution: its default command is a shell, which ends at once without a terminal. */
export const alpine: ImageModel = {
  names: ['alpine', 'curlimages/curl', 'bash'],
  sizeBytes: 3_806_441,
  entrypoint: [],
  cmd: ['/bin/sh'],
  run: () => undefined,
};
