import { finish, type ImageModel, lines, serve } from './image.js';

/** Python: a script or server runs on and, as PID 1 without a handler, ignores SIGTERM; the bare prompt ends without a terminal. */
export const python: ImageModel = {
  names: ['python'],
  sizeBytes: 47_853_310,
  entrypoint: [],
  cmd: ['python3'],
  run({ interactive }, argv) {
    if (!/^(\/usr\/(local\/)?bin\/)?python[\d.]*$/.test(argv[0] ?? '')) return undefined;
    if (argv.length === 1) return interactive ? serve({ onStop: 'ignores' }) : finish({ afterMs: 50, code: 0 });
    const module = argv.indexOf('-m');
    if (module < 0 || argv[module + 1] !== 'http.server') return serve({ onStop: 'ignores' });
    const port = Number(argv[module + 2] ?? 8000) || 8000;
    const logs = lines([`Serving HTTP on 0.0.0.0 port ${port} (http://0.0.0.0:${port}/) ...`], 100);
    return serve({ ports: [port], readyAfterMs: 100, onStop: 'ignores', logs });
  },
};
