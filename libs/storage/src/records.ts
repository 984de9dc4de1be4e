import type { SandboxId, VirtualClockState } from '#base';
import { type SnapshotId, StoreError } from './store.js';

/** What a process needs to know of a sandbox before its log: little, and seldom written. */
export interface SandboxRecord {
  readonly id: SandboxId;
  readonly seed: string;
  /** Absent: real time. */
  readonly clock?: VirtualClockState;
  /** Admission plugins that are turned on or off, by name. Absent: the default set. */
  readonly admission?: { readonly enable?: readonly string[]; readonly disable?: readonly string[] };
  readonly base?: SnapshotId;
  /** Text that only the server reads; encrypted where it is written down. */
  readonly credentials?: string;
  /** Its end has begun: nobody may wake it. */
  readonly deleting?: boolean;
}

export interface RecordsQuery {
  /** Ids bytewise after this one. */
  readonly after?: SandboxId;
  /** At most 1,000, also when absent. */
  readonly limit?: number;
}

/** Records of sandboxes. Every call goes to the database: for rates of a few per second. */
export interface SandboxRecords {
  /** Fails with `exists`. */
  create(record: SandboxRecord): Promise<void>;
  get(id: SandboxId): Promise<SandboxRecord | undefined>;
  /** In id order. */
  list(query?: RecordsQuery): Promise<readonly SandboxRecord[]>;
  /** Changes what `change` names. Fails with `no-such-sandbox`. */
  update(id: SandboxId, change: Partial<Omit<SandboxRecord, 'id'>>): Promise<void>;
  /** Idempotent. */
  delete(id: SandboxId): Promise<void>;
  close(): Promise<void>;
}

export const RECORDS_PAGE_MAX = 1000;

export function recordExists(id: SandboxId): StoreError {
  return new StoreError('exists', `there is a record of sandbox ${id}`);
}

export function noSuchRecord(id: SandboxId): StoreError {
  return new StoreError('no-such-sandbox', `there is no record of sandbox ${id}`);
}

/** Records that end with the process, for tests. */
export function memorySandboxRecords(): SandboxRecords {
  const records = new Map<SandboxId, SandboxRecord>();
  return {
    async create(record) {
      if (records.has(record.id)) throw recordExists(record.id);
      records.set(record.id, record);
    },
    get: async (id) => records.get(id),
    async list({ after = '', limit = RECORDS_PAGE_MAX } = {}) {
      const ids = [...records.keys()].filter((id) => id > after).toSorted();
      return ids.slice(0, Math.min(limit, RECORDS_PAGE_MAX)).map((id) => records.get(id)!);
    },
    async update(id, change) {
      const record = records.get(id);
      if (record === undefined) throw noSuchRecord(id);
      records.set(id, { ...record, ...change });
    },
    delete: async (id) => void records.delete(id),
    close: async () => undefined,
  };
}
