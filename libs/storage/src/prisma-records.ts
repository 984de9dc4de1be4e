import type { SandboxId, VirtualClockState } from '#base';
import { ServerKey } from './crypto.js';
import type { Prisma, PrismaClient } from './generated/prisma/client.js';
import { noSuchRecord, RECORDS_PAGE_MAX, recordExists, type SandboxRecord, type SandboxRecords } from './records.js';
import { type SnapshotId, StoreError } from './store.js';

export interface SandboxRecordsOptions {
  /** Of a database that `migrate` or `openPostgresStore` has brought up to date. */
  readonly url: string;
  /** The store's: 32 bytes. */
  readonly serverKey: Uint8Array;
}

/** Few calls a minute need no more. */
const CONNECTIONS_MAX = 2;
const CONNECT_MS_MAX = 2000;

/** Prisma's codes: a unique constraint failed; a record to change is not there. */
const UNIQUE = 'P2002';
const NOT_FOUND = 'P2025';

type Row = Awaited<ReturnType<PrismaClient['sandbox']['findUniqueOrThrow']>>;

/** Records in PostgreSQL, through Prisma. Connects at the first call. */
export async function openSandboxRecords(options: SandboxRecordsOptions): Promise<SandboxRecords> {
  return new PrismaSandboxRecords(options.url, new ServerKey(options.serverKey));
}

class PrismaSandboxRecords implements SandboxRecords {
  private client: Promise<PrismaClient> | undefined;

  constructor(
    private readonly url: string,
    private readonly server: ServerKey,
  ) {}

  async create(record: SandboxRecord): Promise<void> {
    const { id, seed } = record;
    const data = { ...this.dataOf(record), id, seed };
    await this.run(id, (prisma) => prisma.sandbox.create({ data }));
  }

  async get(id: SandboxId): Promise<SandboxRecord | undefined> {
    const row = await this.run(id, (prisma) => prisma.sandbox.findUnique({ where: { id } }));
    return row === null ? undefined : this.recordOf(row);
  }

  async list({ after, limit = RECORDS_PAGE_MAX }: { after?: SandboxId; limit?: number } = {}) {
    const where = after === undefined ? {} : { id: { gt: after } };
    const take = Math.min(limit, RECORDS_PAGE_MAX);
    const rows = await this.run('' as SandboxId, (prisma) =>
      prisma.sandbox.findMany({ where, take, orderBy: { id: 'asc' } }),
    );
    return rows.map((row) => this.recordOf(row));
  }

  async update(id: SandboxId, change: Partial<Omit<SandboxRecord, 'id'>>): Promise<void> {
    const data = this.dataOf({ ...change, id });
    await this.run(id, (prisma) => prisma.sandbox.update({ where: { id }, data }));
  }

  async delete(id: SandboxId): Promise<void> {
    await this.run(id, (prisma) => prisma.sandbox.deleteMany({ where: { id } }));
  }

  async close(): Promise<void> {
    await (await this.client)?.$disconnect();
  }

  /** Errors of Prisma end here. */
  private async run<T>(id: SandboxId, work: (prisma: PrismaClient) => Promise<T>): Promise<T> {
    this.client ??= connect(this.url);
    try {
      return await work(await this.client);
    } catch (cause) {
      const code = (cause as { code?: unknown }).code;
      if (code === UNIQUE) throw recordExists(id);
      if (code === NOT_FOUND) throw noSuchRecord(id);
      const error = new StoreError('unavailable', `the database does not answer: ${firstLineOf(cause)}`);
      error.cause = cause;
      throw error;
    }
  }

  private dataOf(record: Partial<SandboxRecord> & Pick<SandboxRecord, 'id'>) {
    const { id, seed, clock, admission, base, credentials, deleting } = record;
    return {
      ...(seed === undefined ? {} : { seed }),
      ...(clock === undefined ? {} : { clock: { ...clock } satisfies Prisma.InputJsonObject }),
      ...(admission === undefined ? {} : { admission: admission as Prisma.InputJsonObject }),
      ...(base === undefined ? {} : { base }),
      ...(credentials === undefined ? {} : { credentials: this.server.seal(placeOf(id), credentials) }),
      ...(deleting === undefined ? {} : { deleting }),
    };
  }

  private recordOf(row: Row): SandboxRecord {
    const id = row.id as SandboxId;
    return {
      id,
      seed: row.seed,
      ...(row.clock === null ? {} : { clock: row.clock as unknown as VirtualClockState }),
      ...(row.admission === null ? {} : { admission: row.admission as NonNullable<SandboxRecord['admission']> }),
      ...(row.base === null ? {} : { base: row.base as SnapshotId }),
      ...(row.credentials === null ? {} : { credentials: this.server.unseal(placeOf(id), row.credentials) }),
      ...(row.deleting ? { deleting: true } : {}),
    };
  }
}

function placeOf(id: SandboxId): string {
  return `credentials/${id}`;
}

/** Prisma is large: loaded when first needed, so that a start does not wait for it. */
async function connect(url: string): Promise<PrismaClient> {
  const [{ PrismaPg }, generated] = await Promise.all([
    import('@prisma/adapter-pg'),
    import('./generated/prisma/client.js'),
  ]);
  const limits = { max: CONNECTIONS_MAX, connectionTimeoutMillis: CONNECT_MS_MAX };
  const pool = { connectionString: url, ...limits, allowExitOnIdle: true };
  // Connections that die idle are replaced; unheard, the event would end the process.
  const quiet = { onPoolError: () => undefined, onConnectionError: () => undefined };
  return new generated.PrismaClient({ adapter: new PrismaPg(pool, quiet) });
}

function firstLineOf(cause: unknown): string {
  const lines = (cause instanceof Error ? cause.message : String(cause)).trim().split('\n');
  return lines[lines.length - 1]!;
}
