import { type ImageModel, lines, serve } from './image.js';

/** Apache: serves port 80, stops cleanly on SIGWINCH. */
export const httpd: ImageModel = {
  names: ['httpd'],
  sizeBytes: 45_123_907,
  entrypoint: [],
  cmd: ['httpd-foreground'],
  run(_context, argv) {
    if (argv[0] !== 'httpd-foreground' && argv[0] !== 'httpd') return undefined;
    const logs = lines(["[core:notice] [pid 1:tid 1] AH00094: Command line: 'httpd -D FOREGROUND'"], 0, 'stderr');
    return serve({ ports: [80], readyAfterMs: 100, onStop: { afterMs: 200, code: 0 }, logs });
  },
};
