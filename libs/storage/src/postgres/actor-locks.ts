import pg from 'pg';
import type { SandboxId } from '#base';

/**
 * Which process runs the actors of a sandbox. The store is right whoever writes, but two sets of controllers and
 * kubelets would fight. A process that dies, or loses its connection, holds nothing any more.
 */
export interface ActorLocks {
  /** false: another process holds it, or the database does not answer. */
  tryHold(sandbox: SandboxId): Promise<boolean>;
  /** Idempotent. */
  release(sandbox: SandboxId): Promise<void>;
  /** Told once for each time that everything held was lost: whoever acts must stop. */
  onLost(lost: () => void): void;
  close(): Promise<void>;
}

/** For the only process on its database. */
export function soleActorLocks(): ActorLocks {
  return {
    tryHold: () => Promise.resolve(true),
    release: () => Promise.resolve(),
    onLost: () => {},
    close: () => Promise.resolve(),
  };
}

/** Connects at the first call, and again after a loss. */
export function openActorLocks(url: string): ActorLocks {
  return new PostgresActorLocks(url);
}

const CONNECT_MS_MAX = 2000;
/** Session locks: they end with the connection. The text keeps them apart from other users of hashed keys. */
const HOLD = `SELECT pg_try_advisory_lock(hashtextextended('sandkube actors ' || $1, 0)) AS held`;
const RELEASE = `SELECT pg_advisory_unlock(hashtextextended('sandkube actors ' || $1, 0))`;

class PostgresActorLocks implements ActorLocks {
  private session: Promise<pg.Client> | undefined;
  private readonly held = new Set<SandboxId>();
  private readonly listeners: (() => void)[] = [];

  constructor(private readonly url: string) {}

  async tryHold(sandbox: SandboxId): Promise<boolean> {
    // Session locks count: a second one of the same process would need a second release.
    if (this.held.has(sandbox)) return true;
    try {
      const session = this.connected();
      const { rows } = await (await session).query<{ held: boolean }>(HOLD, [sandbox]);
      if (rows[0]?.held && session === this.session) this.held.add(sandbox);
      return this.held.has(sandbox);
    } catch {
      return false;
    }
  }

  async release(sandbox: SandboxId): Promise<void> {
    if (!this.held.delete(sandbox)) return;
    // Without a connection there is nothing left to release.
    await this.connected()
      .then((client) => client.query(RELEASE, [sandbox]))
      .catch(() => undefined);
  }

  onLost(lost: () => void): void {
    this.listeners.push(lost);
  }

  async close(): Promise<void> {
    const session = this.session;
    this.session = undefined;
    this.held.clear();
    await session?.then((client) => client.end()).catch(() => undefined);
  }

  private connected(): Promise<pg.Client> {
    this.session ??= this.connect();
    return this.session;
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.url,
      connectionTimeoutMillis: CONNECT_MS_MAX,
      keepAlive: true,
    });
    client.on('error', () => this.lose());
    client.on('end', () => this.lose());
    try {
      await client.connect();
      return client;
    } catch (error) {
      this.session = undefined;
      throw error;
    }
  }

  private lose(): void {
    this.session = undefined;
    if (this.held.size === 0) return;
    this.held.clear();
    for (const lost of this.listeners) lost();
  }
}
