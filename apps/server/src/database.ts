import { join } from 'node:path';
import { systemClock } from '#base';
import { DataDirectoryInUseError, lockDataDirectory, migrate, type OwnerLock, startEmbeddedPostgres } from '#storage';
import { StartError } from './config.js';

export interface Database {
  readonly url: string;
  stop(): Promise<void>;
}

/** Where a database is, without its password. */
function placeOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname || 'localhost'}:${port || '5432'}`;
}

/** A directory in use says so itself; anything else says what could not be done. */
function startErrorOf(error: unknown, what: string): StartError {
  if (error instanceof DataDirectoryInUseError) return new StartError(error.message);
  return new StartError(`${what}: ${(error as Error).message}`);
}

async function embedded(dataDir: string, print: (line: string) => void): Promise<Database> {
  try {
    return await startEmbeddedPostgres({
      dataDir: join(dataDir, 'postgres'),
      clock: systemClock,
      onFault: (message) => print(`database: ${message}`),
    });
  } catch (error) {
    throw startErrorOf(error, `cannot start the embedded database in ${dataDir}`);
  }
}

/** Makes the data directory this server's own. Fails with StartError. */
export async function lockDirectory(dataDir: string): Promise<OwnerLock> {
  try {
    return await lockDataDirectory(dataDir);
  } catch (error) {
    throw startErrorOf(error, `cannot use data directory ${dataDir}`);
  }
}

/** A migrated database: the one that is named, else the embedded one. Fails with StartError. */
export async function openDatabase(
  config: { readonly databaseUrl: string | undefined; readonly dataDir: string },
  print: (line: string) => void,
): Promise<Database> {
  if (config.databaseUrl === undefined) {
    const database = await embedded(config.dataDir, print);
    await migrate(database.url);
    return database;
  }
  const url = config.databaseUrl;
  try {
    await migrate(url);
  } catch (error) {
    throw new StartError(`cannot reach the database at ${placeOf(url)}: ${reasonOf(error)}`);
  }
  return { url, stop: () => Promise.resolve() };
}

/** Node wraps the failures of several addresses in one error without a message. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return (error as Error).message.split('\n')[0] ?? '';
}
