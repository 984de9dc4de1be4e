import type { SandboxId } from '#base';
import { type AuditRow, type AuditRows, positionIn } from '../audit-rows.js';
import { isSealed, ServerKey } from '../crypto.js';
import { AUDIT_APPEND, AUDIT_READ, AUDIT_SIZES, AUDIT_TRIM } from './audit-sql.js';
import { Database, type Row } from './database.js';

export interface AuditRowsOptions {
  /** Of a database that `migrate` or `openPostgresStore` has brought up to date. */
  readonly url: string;
  /** The store's: 32 bytes. */
  readonly serverKey: Uint8Array;
}

/** Its own two connections, so that neither a burst of audit nor somebody who reads it holds up a commit. */
const LIMITS = { writers: 1, readers: 1, connectMsMax: 5_000, statementMsMax: 8_000, lockMsMax: 2_000 };

/** Rows in PostgreSQL. Connects at the first call: a server without audit policies never does. */
export function openAuditRows({ url, serverKey }: AuditRowsOptions): AuditRows {
  return new PostgresAuditRows(new Database({ url, ...LIMITS }), new ServerKey(serverKey));
}

class PostgresAuditRows implements AuditRows {
  constructor(
    private readonly database: Database,
    private readonly server: ServerKey,
  ) {}

  async append(sandbox: SandboxId, events: number, text: string, sealed: boolean): Promise<void> {
    const lines = sealed ? this.server.seal(placeOf(sandbox), text) : text;
    await this.database.flush(AUDIT_APPEND, [sandbox, events, Buffer.byteLength(lines), lines]);
  }

  async read(sandbox: SandboxId, after: number, rowsMax: number): Promise<readonly AuditRow[]> {
    const rows = await this.database.read<Row & { id: number; lines: string }>(AUDIT_READ, [sandbox, after, rowsMax]);
    return rows.map(({ id, lines }) => ({
      row: id,
      text: isSealed(lines) ? this.server.unseal(placeOf(sandbox), lines) : lines,
    }));
  }

  async position(sandbox: SandboxId, events: number): Promise<{ row: number; skip: number }> {
    const sizes = await this.database.read<Row & { id: number; events: number }>(AUDIT_SIZES, [sandbox]);
    return positionIn(
      sizes.map(({ id, events: count }) => ({ row: id, events: count })),
      events,
    );
  }

  async trim(sandbox: SandboxId, eventsMax: number, bytesMax: number): Promise<void> {
    await this.database.read(AUDIT_TRIM, [sandbox, eventsMax, bytesMax]);
  }

  close(): Promise<void> {
    return this.database.close();
  }
}

function placeOf(sandbox: SandboxId): string {
  return `audit/${sandbox}`;
}
