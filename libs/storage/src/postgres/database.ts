import pg from 'pg';
import { StoreError } from '../store.js';
import type { Sql } from './sql.js';

export interface DatabaseOptions {
  readonly url: string;
  /** Connections that flush, and connections for everything else: a burst of reads must not hold up commits. */
  readonly writers: number;
  readonly readers: number;
  /** To get a connection, also when all are busy. */
  readonly connectMsMax: number;
  readonly statementMsMax: number;
  readonly lockMsMax: number;
}

/**
 * Why a statement failed. `refused`: PostgreSQL answered with an error, nothing happened. `not-sent`: there was no
 * connection, nothing happened. `unknown`: the connection was lost on the way, it may have happened.
 */
export class DatabaseFault extends Error {
  override readonly name = 'DatabaseFault';

  constructor(
    readonly kind: 'refused' | 'not-sent' | 'unknown',
    readonly sqlState: string | undefined,
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** int8 (20) is a number here: revisions stay below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser(id, format) {
    return (id as number) === 20 ? Number : pg.types.getTypeParser(id, format as 'text');
  },
};

/** A statement inside a transaction. */
export type Run = <R extends Row>(sql: Sql, values: readonly unknown[]) => Promise<R[]>;

export type Row = Readonly<Record<string, unknown>>;

/** The connections of one store. Every failure is a DatabaseFault; `read` and `change` make it a StoreError. */
export class Database {
  private readonly writers: pg.Pool;
  private readonly readers: pg.Pool;

  constructor(private readonly options: DatabaseOptions) {
    this.writers = this.pool(options.writers, 'sandkube writer');
    this.readers = this.pool(options.readers, 'sandkube reader');
  }

  /** For flushes: one attempt, the fault as it is. */
  flush<T extends Row>(sql: Sql, values: readonly unknown[]): Promise<T[]> {
    return this.run<T>(this.writers, sql, values);
  }

  /** A statement that may be sent twice: an idle connection that died meanwhile is not the caller's trouble. */
  async read<T extends Row>(sql: Sql, values: readonly unknown[]): Promise<T[]> {
    try {
      return await this.run<T>(this.readers, sql, values);
    } catch (fault) {
      if (!(fault instanceof DatabaseFault) || fault.kind !== 'unknown') throw unavailable(fault);
    }
    return this.run<T>(this.readers, sql, values).catch((fault: unknown) => {
      throw unavailable(fault);
    });
  }

  /** A statement that must not be sent twice: after a lost connection its outcome is unknown. */
  async change<T extends Row>(sql: Sql, values: readonly unknown[]): Promise<T[]> {
    return this.run<T>(this.readers, sql, values).catch((fault: unknown) => {
      throw unavailable(fault);
    });
  }

  /** Several statements, all or none, begun by `begin`. Not repeated. */
  async transaction<T>(begin: string, work: (run: Run) => Promise<T>): Promise<T> {
    const client = await this.connect(this.readers).catch((fault: unknown) => {
      throw unavailable(fault);
    });
    let broken: Error | undefined;
    try {
      await client.query(begin);
      const result = await work(async <R extends Row>(sql: Sql, values: readonly unknown[]) => {
        const { rows } = await client.query<R>({ name: sql.name, text: sql.text, values: values as unknown[] });
        return rows;
      });
      await client.query('COMMIT');
      return result;
    } catch (error) {
      if (error instanceof StoreError) {
        await client.query('ROLLBACK').catch((fault: Error) => (broken = fault));
        throw error;
      }
      broken = error as Error;
      throw unavailable(faultOf(error));
    } finally {
      client.release(broken);
    }
  }

  /** A connection of its own, for LISTEN. */
  newClient(): pg.Client {
    // Waits for ever between messages; a timer of an unfinished query would hold the process open after the end.
    return new pg.Client({ ...this.config('sandkube listener'), query_timeout: 0 });
  }

  async close(): Promise<void> {
    await Promise.all([this.writers.end(), this.readers.end()]);
  }

  private async run<T extends Row>(pool: pg.Pool, sql: Sql, values: readonly unknown[]): Promise<T[]> {
    const client = await this.connect(pool);
    try {
      const { rows } = await client.query<T>({ name: sql.name, text: sql.text, values: values as unknown[] });
      client.release();
      return rows;
    } catch (error) {
      const fault = faultOf(error);
      client.release(fault.kind !== 'refused');
      throw fault;
    }
  }

  private async connect(pool: pg.Pool): Promise<pg.PoolClient> {
    try {
      return await pool.connect();
    } catch (cause) {
      throw new DatabaseFault('not-sent', undefined, cause);
    }
  }

  private pool(max: number, name: string): pg.Pool {
    const pool = new pg.Pool({ ...this.config(name), max, idleTimeoutMillis: 0 });
    // A connection that dies in the pool is replaced when one is needed; unheard, the event would end the process.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    return pool;
  }

  private config(name: string): pg.ClientConfig {
    const { url, connectMsMax, statementMsMax, lockMsMax } = this.options;
    return {
      connectionString: url,
      application_name: name,
      types,
      keepAlive: true,
      connectionTimeoutMillis: connectMsMax,
      statement_timeout: statementMsMax,
      lock_timeout: lockMsMax,
      // When not even the server's own time-out comes back.
      query_timeout: statementMsMax + 2000,
    };
  }
}

/** Classes in which the server ends the connection or itself: a COMMIT just before may have been done. */
const LOST = /^(08|57P|XX|F0)/;

function faultOf(error: unknown): DatabaseFault {
  if (error instanceof DatabaseFault) return error;
  if (error instanceof pg.DatabaseError && error.code !== undefined && !LOST.test(error.code)) {
    return new DatabaseFault('refused', error.code, error);
  }
  return new DatabaseFault('unknown', error instanceof pg.DatabaseError ? error.code : undefined, error);
}

export function unavailable(fault: unknown): unknown {
  if (!(fault instanceof DatabaseFault)) return fault;
  const error = new StoreError('unavailable', `the database does not answer: ${fault.message}`);
  error.cause = fault;
  return error;
}
