import { finish, type ImageModel, lines, serve } from './image.js';

const REFUSAL = [
  'Error: Database is uninitialized and superuser password is not specified.',
  '       You must specify POSTGRES_PASSWORD to a non-empty value for the',
  '       superuser.',
];

/** PostgreSQL: refuses to start without a password, else initialises and serves port 5432. */
export const postgres: ImageModel = {
  names: ['postgres'],
  sizeBytes: 158_421_763,
  entrypoint: ['docker-entrypoint.sh'],
  cmd: ['postgres'],
  run({ env }, argv) {
    const program = argv[0] === 'docker-entrypoint.sh' ? argv[1] : argv[0];
    if (program !== 'postgres') return undefined;
    const trusted = Boolean(env.get('POSTGRES_PASSWORD')) || env.get('POSTGRES_HOST_AUTH_METHOD') === 'trust';
    if (!trusted) return finish({ afterMs: 150, code: 1 }, lines(REFUSAL, 100, 'stderr'));
    const logs = lines(['LOG:  database system is ready to accept connections'], 2_000, 'stderr');
    return serve({ ports: [5432], readyAfterMs: 2_000, onStop: { afterMs: 300, code: 0 }, logs });
  },
};
