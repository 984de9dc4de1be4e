import { type ImageModel, lines, serve } from './image.js';

const NOTICES = [
  '/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration',
  '/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/',
  '/docker-entrypoint.sh: Configuration complete; ready for start up',
];

/** The web server: serves port 80, stops at once and cleanly (its image asks for SIGQUIT). */
export const nginx: ImageModel = {
  names: ['nginx'],
  sizeBytes: 72_319_182,
  entrypoint: ['/docker-entrypoint.sh'],
  cmd: ['nginx', '-g', 'daemon off;'],
  run(_context, argv) {
    const program = argv[0] === '/docker-entrypoint.sh' ? argv[1] : argv[0];
    if (program !== 'nginx' && program !== 'nginx-debug' && program !== '/usr/sbin/nginx') return undefined;
    return serve({
      ports: [80],
      readyAfterMs: 50,
      onStop: { afterMs: 150, code: 0 },
      logs: lines(NOTICES),
      httpStatus: (path) => (path === '/' || path === '/index.html' ? 200 : 404),
    });
  },
};
