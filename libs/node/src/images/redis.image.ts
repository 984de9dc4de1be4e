import { type ImageModel, lines, serve } from './image.js';

/** Redis: serves port 6379, saves and stops on SIGTERM. */
export const redis: ImageModel = {
  names: ['redis'],
  sizeBytes: 49_862_131,
  entrypoint: ['docker-entrypoint.sh'],
  cmd: ['redis-server'],
  run(_context, argv) {
    const program = argv[0] === 'docker-entrypoint.sh' ? argv[1] : argv[0];
    if (program !== 'redis-server') return undefined;
    const logs = lines(
      ['1:C * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo', '1:M * Ready to accept connections tcp'],
      20,
    );
    return serve({ ports: [6379], readyAfterMs: 100, onStop: { afterMs: 100, code: 0 }, logs });
  },
};
