import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { invariant } from '#base';

/** Held while migrations run, so that processes that start together apply them once. Any number; 'sandkube' in letters. */
const MIGRATION_LOCK = 7_309_940_833;

const FIND_BOOKKEEPING = `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS found`;

interface Migration {
  readonly name: string;
  readonly sql: string;
}

/**
 * Brings the database's schema to that of prisma/migrations, as `prisma migrate deploy` does, with the same
 * bookkeeping (`_prisma_migrations`) but without its native engine. Safe to call from several processes at once; costs
 * one query when nothing is to do. Rejects when the database cannot be reached or a migration fails.
 */
export async function migrate(url: string, migrationsDir = findMigrations()): Promise<readonly string[]> {
  const migrations = await readMigrations(migrationsDir);
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  // A lost connection fails the query that is under way; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    if (await areApplied(client, migrations)) return [];
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    if (await areApplied(client, migrations)) return [];
    await forgetUnfinished(client);
    return await applyMigrations(url, migrationsDir, migrations);
  } finally {
    // Ending the session gives the lock back.
    await client.end();
  }
}

async function readMigrations(dir: string): Promise<Migration[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  names.sort();
  return Promise.all(
    names.map(async (name) => ({ name, sql: await readFile(join(dir, name, 'migration.sql'), 'utf8') })),
  );
}

async function areApplied(client: pg.Client, migrations: readonly Migration[]): Promise<boolean> {
  const table = await client.query<{ found: boolean }>(`SELECT to_regclass('_prisma_migrations') IS NOT NULL AS found`);
  if (!table.rows[0]!.found) return false;
  const applied = await client.query<{ name: string }>(
    'SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
  );
  const names = new Set(applied.rows.map((row) => row.name));
  return migrations.every((migration) => names.has(migration.name));
}

/**
 * A process that was killed during a migration leaves it marked as begun, and the engine would refuse to go on. We hold
 * the lock, so nobody is at it; migrations are repeatable, so it is run again.
 */
async function forgetUnfinished(client: pg.Client): Promise<void> {
  const table = await client.query<{ found: boolean }>(FIND_BOOKKEEPING);
  if (!table.rows[0]!.found) return;
  await client.query(
    'UPDATE _prisma_migrations SET rolled_back_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL',
  );
}

/** The engine and its adapter are loaded only when there is something to apply: they are large. */
async function applyMigrations(url: string, dir: string, migrations: readonly Migration[]): Promise<string[]> {
  const [{ PrismaPg }, { bindMigrationAwareSqlAdapterFactory }, SchemaEngine] = await Promise.all([
    import('@prisma/adapter-pg'),
    import('@prisma/driver-adapter-utils'),
    schemaEngineOnce(),
  ]);
  const pool = new pg.Pool({ connectionString: url, max: 2, allowExitOnIdle: true });
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg(pool));
  try {
    const engine = await SchemaEngine.new({ datamodels: undefined }, () => undefined, adapter);
    const { appliedMigrationNames } = await engine.applyMigrations({
      filters: { externalTables: [], externalEnums: [] },
      migrationsList: {
        baseDir: dir,
        lockfile: { path: 'migration_lock.toml', content: await readFile(join(dir, 'migration_lock.toml'), 'utf8') },
        shadowDbInitScript: '',
        migrationDirectories: migrations.map(({ name, sql }) => ({
          path: name,
          migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
        })),
      },
    });
    return appliedMigrationNames;
  } finally {
    await pool.end();
  }
}

/** The engine leaves a timer of its lock's time-out (10 s) behind, which must not hold the process open. */
function importsOf(bindings: Bindings): Readonly<Record<string, unknown>> {
  const imports: Record<string, unknown> = { ...bindings };
  for (const [name, value] of Object.entries(imports)) {
    if (!name.startsWith('__wbg_setTimeout_')) continue;
    const setTimer = value as (fire: unknown, delayMs: number) => NodeJS.Timeout;
    imports[name] = (fire: unknown, delayMs: number) => setTimer(fire, delayMs).unref();
  }
  return imports;
}

/** Node has it, its types (without the browser's) do not. */
const webAssembly = (
  globalThis as unknown as {
    WebAssembly: {
      instantiate(
        bytes: Uint8Array,
        imports: Readonly<Record<string, unknown>>,
      ): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
    };
  }
).WebAssembly;

type SchemaEngineClass = (typeof import('@prisma/schema-engine-wasm'))['SchemaEngine'];

let schemaEngine: Promise<SchemaEngineClass> | undefined;

/** Its bindings hold one instance: a second one in the process would break the first. */
function schemaEngineOnce(): Promise<SchemaEngineClass> {
  return (schemaEngine ??= loadSchemaEngine());
}

/** The package imports its .wasm as a module, which needs a flag of Node: instantiate it by hand. */
async function loadSchemaEngine(): Promise<SchemaEngineClass> {
  const path = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const bindings = (await import('@prisma/schema-engine-wasm/schema_engine_bg')) as unknown as Bindings;
  const bytes = await readFile(path.replace(/\.js$/, '.wasm'));
  const { instance } = await webAssembly.instantiate(bytes, { './schema_engine_bg.js': importsOf(bindings) });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return bindings.SchemaEngine;
}

interface Bindings {
  readonly SchemaEngine: SchemaEngineClass;
  __wbg_set_wasm(exports: unknown): void;
}

/** prisma/migrations of this repository, whether this runs from libs or from dist. */
function findMigrations(): string {
  for (let dir = dirname(fileURLToPath(import.meta.url)); ; dir = dirname(dir)) {
    const candidate = join(dir, 'prisma', 'migrations');
    if (existsSync(candidate)) return candidate;
    invariant(dir !== dirname(dir), 'there is no prisma/migrations folder above this file');
  }
}
