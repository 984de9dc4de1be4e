import { finish, type ImageModel, lines } from './image.js';

/** Greets and ends. */
export const helloWorld: ImageModel = {
  names: ['hello-world'],
  sizeBytes: 2_523,
  entrypoint: [],
  cmd: ['/hello'],
  run(_context, argv) {
    if (argv[0] !== '/hello') return undefined;
    return finish(
      { afterMs: 5, code: 0 },
      lines([
        '',
        'Hello from Docker!',
        'This message shows that your installation appears to be working correctly.',
        '',
      ]),
    );
  },
};
