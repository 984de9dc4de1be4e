import { finish, type ImageModel, serve } from './image.js';

/** Node.js: a program runs on and, as PID 1 without a handler, ignores SIGTERM; the bare prompt ends without a terminal. */
export const node: ImageModel = {
  names: ['node'],
  sizeBytes: 395_622_870,
  entrypoint: ['docker-entrypoint.sh'],
  cmd: ['node'],
  run({ interactive }, argv) {
    const own = argv[0] === 'docker-entrypoint.sh' ? argv.slice(1) : argv;
    if (own[0] !== 'node') return undefined;
    if (own.length === 1) return interactive ? serve({ onStop: 'ignores' }) : finish({ afterMs: 60, code: 0 });
    return serve({ onStop: 'ignores', readyAfterMs: 200 });
  },
};
