import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Who runs PostgreSQL, which refuses to be root. undefined: whoever runs this process. */
export interface PostgresUser {
  readonly uid: number;
  readonly gid: number;
}

/** Users that may be there already: none is made, a server should not change the machine's users to start. */
const CANDIDATES = ['postgres', 'nobody'];

export async function choosePostgresUser(): Promise<PostgresUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of CANDIDATES) {
    try {
      const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
    } catch {
      continue;
    }
  }
  throw new Error(
    'the embedded PostgreSQL cannot run as root and there is no user postgres or nobody; run as another user',
  );
}

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly options: { readonly uid?: number; readonly gid?: number };
}

/**
 * How to start `command` as `user`. Where that user cannot reach one of `paths` (a clone below /root), it is given the
 * right to pass directories, and nothing else of root's.
 */
export async function launchAs(
  user: PostgresUser | undefined,
  command: string,
  args: readonly string[],
  paths: readonly string[],
): Promise<Launch> {
  if (user === undefined) return { command, args, options: {} };
  const reachable = await Promise.all([command, ...paths].map((path) => isReachable(path, user)));
  if (reachable.every(Boolean)) return { command, args, options: user };
  const identity = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
  const rights = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  return { command: 'setpriv', args: [...identity, ...rights, command, ...args], options: {} };
}

async function isReachable(path: string, user: PostgresUser): Promise<boolean> {
  for (let dir = dirname(path); ; dir = dirname(dir)) {
    const { mode, uid, gid } = await stat(dir);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (dir === dirname(dir)) return true;
  }
}
