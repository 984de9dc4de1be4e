import { finish, type ImageModel, lines, serve } from './image.js';

const CHOICES = ['MYSQL_ROOT_PASSWORD', 'MYSQL_ALLOW_EMPTY_PASSWORD', 'MYSQL_RANDOM_ROOT_PASSWORD'];

/** MySQL: refuses to start until told how to treat root, else initialises for some seconds and serves port 3306. */
export const mysql: ImageModel = {
  names: ['mysql', 'mariadb'],
  sizeBytes: 232_716_402,
  entrypoint: ['docker-entrypoint.sh'],
  cmd: ['mysqld'],
  run({ env }, argv) {
    const program = argv[0] === 'docker-entrypoint.sh' ? argv[1] : argv[0];
    if (program !== 'mysqld' && program !== 'mariadbd') return undefined;
    if (!CHOICES.some((name) => env.get(name) || env.get(name.replace('MYSQL', 'MARIADB')))) {
      const refusal = [
        '[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified',
        ...CHOICES.map((name) => `    - ${name}`),
      ];
      return finish({ afterMs: 300, code: 1 }, lines(refusal, 200, 'stderr'));
    }
    const logs = lines(['[System] [Server] /usr/sbin/mysqld: ready for connections. port: 3306'], 8_000, 'stderr');
    return serve({ ports: [3306, 33060], readyAfterMs: 8_000, onStop: { afterMs: 1_500, code: 0 }, logs });
  },
};
