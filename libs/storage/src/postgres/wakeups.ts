import { backoffMs, type Clock, type SandboxId, type Timer } from '#base';
import type pg from 'pg';
import type { Database } from './database.js';
import type { Heads } from './heads.js';
import type { Holder } from './holder.js';

const CHANNEL = 'sandkube';
const NOTIFY = { name: 'notify', text: `SELECT pg_notify('${CHANNEL}', $1)` };

/** PostgreSQL refuses payloads of 8000 bytes; beyond this a message means "look at all". */
const PAYLOAD_BYTES_MAX = 7000;

/** Messages within this time are one. */
const COALESCE_MS = 10;

const LISTEN_BACKOFF = { baseMs: 200, maxMs: 5000 };

export interface WakeupParts {
  readonly database: Database;
  readonly heads: Heads;
  readonly clock: Clock;
  readonly holderNumber: number;
  readonly pollMs: number;
  readonly holders: () => Iterable<Holder>;
  readonly holderOf: (sandbox: SandboxId) => Holder | undefined;
}

/**
 * How processes on one database hear of each other. Polling is the authority: every `pollMs`, in one query, the heads of
 * logs that have watches here and no lease. NOTIFY only makes it quick; it is sent after COMMIT, in a statement of its own,
 * because inside a write transaction it takes a lock that all writers of the database share.
 */
export class Wakeups {
  private readonly changed = new Set<string>();
  private sending = false;
  private timer: Timer | undefined;
  private listener: pg.Client | undefined;
  private stopped = false;

  constructor(private readonly parts: WakeupParts) {}

  start(): void {
    void this.listen(0);
  }

  /** The polling runs only while something is watched: call when that may have begun. */
  watched(): void {
    if (this.timer !== undefined || this.stopped) return;
    this.timer = this.parts.clock.setTimer(this.parts.pollMs, () => {
      this.timer = undefined;
      void this.poll();
    });
  }

  /** Tells others that these logs moved. */
  committed(holders: readonly Holder[]): void {
    for (const holder of holders) this.changed.add(holder.id);
    if (this.sending || this.stopped) return;
    this.sending = true;
    this.parts.clock.setTimer(COALESCE_MS, () => void this.send());
  }

  /** Asks whoever holds the lease of this sandbox to share it. */
  wanting(holder: Holder): void {
    this.parts.database.read(NOTIFY, [`want ${holder.id}`]).catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    await this.listener?.end().catch(() => undefined);
  }

  private async send(): Promise<void> {
    const text = `${this.parts.holderNumber} ${[...this.changed].join(' ')}`;
    this.changed.clear();
    const payload = text.length > PAYLOAD_BYTES_MAX ? `${this.parts.holderNumber} *` : text;
    // Lost messages cost time only: others poll.
    await this.parts.database.read(NOTIFY, [payload]).catch(() => undefined);
    this.sending = false;
    if (this.changed.size > 0) this.committed([]);
  }

  private async poll(): Promise<void> {
    const { heads, holders } = this.parts;
    const watched = [...holders()].filter((holder) => holder.log.hub.size > 0);
    const blind = watched.filter((holder) => !heads.holdsLease(holder));
    if (blind.length > 0) await heads.poll(blind).catch(() => undefined);
    if (watched.length > 0) this.watched();
  }

  private async listen(attempt: number): Promise<void> {
    if (this.stopped) return;
    const client = this.parts.database.newClient();
    this.listener = client;
    let ended = false;
    const again = () => {
      if (ended) return;
      ended = true;
      client.end().catch(() => undefined);
      this.parts.clock.setTimer(backoffMs(LISTEN_BACKOFF, attempt), () => void this.listen(attempt + 1));
    };
    client.on('error', again);
    client.on('end', again);
    client.on('notification', (message) => this.heard(message.payload ?? ''));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
    } catch {
      again();
      return;
    }
    // What was said while nobody listened.
    await this.poll();
  }

  private heard(payload: string): void {
    const [from, ...ids] = payload.split(' ');
    if (from === 'want') {
      const holder = this.parts.holderOf(ids[0] as SandboxId);
      // Whoever does not hold it changes nothing by sharing it.
      if (holder !== undefined) this.parts.heads.share(holder).catch(() => undefined);
      return;
    }
    if (from === String(this.parts.holderNumber)) return;
    const known = ids[0] === '*' ? [...this.parts.holders()] : ids.map((id) => this.parts.holderOf(id as SandboxId));
    const watched = known.filter((holder): holder is Holder => holder !== undefined && holder.log.hub.size > 0);
    if (watched.length > 0) this.parts.heads.poll(watched).catch(() => undefined);
  }
}
