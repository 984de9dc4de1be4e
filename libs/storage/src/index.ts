/**
 * storage: many sandboxes' logs on PostgreSQL. The only importer of pg and Prisma. Knows keys, text and revisions;
 * nothing of kinds, users or HTTP. Invariants: a read returns only what is durable; revisions of a sandbox are dense;
 * watches are ordered, unique and without gap; a write commits only onto the head it was validated against.
 */
export * from './store.js';
export { memoryStore, type MemoryStoreOptions } from './memory-store.js';
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded/embedded-postgres.js';
export { DataDirectoryInUseError, lockDataDirectory, type OwnerLock } from './embedded/owner-lock.js';
export { type ActorLocks, openActorLocks, soleActorLocks } from './postgres/actor-locks.js';
export { type AuditRow, type AuditRows, memoryAuditRows } from './audit-rows.js';
export { type AuditRowsOptions, openAuditRows } from './postgres/audit-rows.js';
export { StoreView, type StoreViewParts, type ViewedPrefix } from './store-view.js';
export { migrate } from './migrate.js';
export { openPostgresStore, type PostgresStoreLimits, type PostgresStoreOptions } from './postgres/open.js';
export { memorySandboxRecords, type RecordsQuery, type SandboxRecord, type SandboxRecords } from './records.js';
export { openSandboxRecords, type SandboxRecordsOptions } from './prisma-records.js';
