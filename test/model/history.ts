import { Random, revision, type SandboxId, sandboxId } from '#base';
import { type SnapshotId, type Store, StoreError, type StoredObject, type Write } from '#storage';
import { del, put, RecordingSink, valueOf } from '#testing';
import { LogModel, type State } from './log-model.js';

/** One sandbox of a history: its log as a watch tells it, and what clients were told in the meantime. */
interface Subject {
  readonly id: SandboxId;
  readonly model: LogModel;
  readonly log: RecordingSink;
  /** The newest revision that a writer has been told of: what every later read must have seen. */
  told: number;
  /** The newest that was read, by process: none goes back. (One process may show what another has not answered yet.) */
  readonly read: Map<Store, number>;
  compacted: number;
}

/** Checked against the log when everything is quiet. Returns what is wrong. */
type Claim = () => string | undefined;

export interface HistoryOptions {
  readonly seed: string;
  /** Two processes on one database. */
  readonly stores: readonly Store[];
  readonly clients: number;
  readonly stepsPerClient: number;
  /** Breaks something, now and then. */
  readonly disturb: (random: Random) => Promise<void>;
}

const KEYS = ['pods/a/x', 'pods/a/y', 'pods/b/x', 'secrets/a/s', 'nodes/n'];
const PREFIXES = ['pods/', 'pods/a/', 'secrets/', 'nodes/'];

/** Random clients on two stores, and what each answer claims. */
export class History {
  private readonly subjects: Subject[] = [];
  private readonly claims: Claim[] = [];
  private readonly watches: { subject: Subject; sink: RecordingSink; prefix: string; after: number }[] = [];
  private writes = 0;
  private sandboxes = 0;
  /** How often each kind of answer came: a history in which nothing happened proves nothing. */
  readonly answers = new Map<string, number>();

  constructor(private readonly options: HistoryOptions) {}

  async run(): Promise<string[]> {
    const { seed, clients, stepsPerClient } = this.options;
    for (let i = 0; i < 2; i++) await this.begin(undefined, 1, new Map());
    const random = new Random(seed);
    const client = async (number: number) => {
      const chance = random.derive(`client ${number}`);
      for (let step = 0; step < stepsPerClient; step++) await this.step(chance);
    };
    await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
    return this.judge();
  }

  private async begin(base: SnapshotId | undefined, first: number, initial: State): Promise<void> {
    const id = sandboxId(`${this.options.seed}-${++this.sandboxes}`)!;
    const subject = {
      id,
      model: new LogModel(first, initial),
      log: new RecordingSink(),
      told: first,
      read: new Map<Store, number>(),
      compacted: first,
    };
    const [store] = this.options.stores;
    await patiently(() => store!.createSandbox(id, base), 'exists');
    await patiently(() => store!.watch(id, '', revision(first), subject.log));
    this.subjects.push(subject);
  }

  private async step(random: Random): Promise<void> {
    const subject = pick(random, this.subjects);
    const store = pick(random, this.options.stores);
    const dice = random.int(100);
    if (dice < 50) await this.commit(random, subject, store);
    else if (dice < 65) await this.get(random, subject, store);
    else if (dice < 80) await this.list(random, subject, store);
    else if (dice < 88) await this.watch(random, subject, store);
    else if (dice < 93) await store.evict(subject.id);
    else if (dice < 95) await this.compact(random, subject, store);
    else if (dice < 97) await this.fork(subject, store);
    else await this.options.disturb(random);
  }

  private async commit(random: Random, subject: Subject, store: Store): Promise<void> {
    const told = subject.told;
    const known = new Map(subject.log.seen.map((event) => [event.object.key, event]));
    const writes: Write[] = [];
    for (const key of sample(random, KEYS, 1 + random.int(2))) {
      const event = known.get(key);
      const held = event === undefined ? subject.model.stateAt(subject.model.first).get(key) : undefined;
      const current =
        event === undefined ? (held?.revision ?? 0) : event.type === 'DELETED' ? 0 : event.object.revision;
      const expected = random.int(8) === 0 ? random.int(20) : current;
      const value = `w${++this.writes}`;
      const extra = key.startsWith('secrets/') ? { encrypted: true } : {};
      writes.push(random.int(4) === 0 && expected > 0 ? del(key, expected, value) : put(key, value, expected, extra));
    }
    const outcome = await answerOf(store.commit(subject.id, writes));
    if (!isFailure(outcome)) {
      subject.told = Math.max(subject.told, ...outcome.map((object) => object.revision));
      this.claim('written', () => this.wrong(outcome, subject, writes));
    } else {
      const values = writes.map((write) => valueOf(write.text));
      const isUnknown = outcome.message.includes('unknown');
      this.claim(isUnknown ? 'unknown' : outcome.code, () => {
        const found = values.map((value) => subject.model.revisionsOf(value).length);
        if (isUnknown)
          return found.every((count) => count === found[0] && count <= 1) ? undefined : `half of ${values}`;
        if (found.some((count) => count > 0)) return `${values} was refused (${outcome.code}) and written`;
        if (outcome.code !== 'conflict') return undefined;
        return subject.model.mayConflict(writes, told, subject.model.head)
          ? undefined
          : `${values}: a conflict with nothing`;
      });
    }
  }

  private wrong(outcome: readonly StoredObject[], subject: Subject, writes: readonly Write[]): string | undefined {
    for (const [index, object] of outcome.entries()) {
      const event = subject.model.eventAt(object.revision);
      const value = valueOf(writes[index]!.text);
      if (event === undefined || valueOf(event.object.text) !== value) return `${value}@${object.revision} was lost`;
      if (subject.model.revisionsOf(value).length !== 1) return `${value} was written twice`;
    }
    return undefined;
  }

  private async get(random: Random, subject: Subject, store: Store): Promise<void> {
    const key = pick(random, KEYS);
    const told = this.newest(subject, store);
    const answer = await answerOf(store.get(subject.id, key));
    if (isFailure(answer)) return this.claim(`get ${answer.code}`, () => undefined);
    if (answer !== undefined) this.hasRead(subject, store, answer.revision);
    const value = answer === undefined ? undefined : valueOf(answer.text);
    this.claim('got', () =>
      subject.model.hasHeld(key, value, told, subject.model.head)
        ? undefined
        : `${key} was read as ${value} after ${told}`,
    );
  }

  private async list(random: Random, subject: Subject, store: Store): Promise<void> {
    const prefix = pick(random, PREFIXES);
    const told = this.newest(subject, store);
    const { compacted } = subject;
    const at =
      random.int(2) === 0 ? undefined : revision(compacted + random.int(Math.max(1, subject.told - compacted + 1)));
    const answer = await answerOf(store.list(subject.id, at === undefined ? { prefix } : { prefix, at }));
    if (isFailure(answer)) {
      return this.claim(`list ${answer.code}`, () =>
        answer.code === 'compacted' && at !== undefined && at >= subject.compacted
          ? `${at} is not compacted`
          : undefined,
      );
    }
    if (at === undefined) this.hasRead(subject, store, answer.revision);
    const items = answer.items.map((item) => `${item.key}@${item.revision}=${valueOf(item.text)}`);
    this.claim(at === undefined ? 'listed' : 'listed past', () => {
      if (at === undefined ? answer.revision < told : answer.revision !== at) return `listed at ${answer.revision}`;
      const expected = subject.model.listAt(answer.revision, prefix);
      return `${expected}` === `${items}`
        ? undefined
        : `${prefix} at ${answer.revision}: ${items} instead of ${expected}`;
    });
  }

  private async watch(random: Random, subject: Subject, store: Store): Promise<void> {
    const after = subject.compacted + random.int(subject.told - subject.compacted + 1);
    const watch = { subject, sink: new RecordingSink(), prefix: pick(random, PREFIXES), after };
    const answer = await answerOf(store.watch(subject.id, watch.prefix, revision(after), watch.sink));
    if (isFailure(answer)) return this.claim(`watch ${answer.code}`, () => undefined);
    this.claim('watched', () => undefined);
    if (random.int(4) === 0) answer.cancel();
    else this.watches.push(watch);
  }

  private async compact(random: Random, subject: Subject, store: Store): Promise<void> {
    const upTo = subject.compacted + random.int(subject.told - subject.compacted + 1);
    subject.compacted = Math.max(subject.compacted, upTo);
    await answerOf(store.compact(subject.id, revision(upTo)));
  }

  private async fork(subject: Subject, store: Store): Promise<void> {
    if (this.subjects.length > 5) return;
    const base = await answerOf(store.snapshot(subject.id));
    if (isFailure(base)) return;
    const probe = sandboxId(`${this.options.seed}-probe-${++this.sandboxes}`)!;
    const first = await patiently(() => store.createSandbox(probe, base), 'exists');
    const page = await patiently(() => store.list(probe, { prefix: '' }));
    const held = page.items.map((item) => [item.key, { revision: item.revision, value: valueOf(item.text) }] as const);
    const at = first ?? page.revision;
    const items = page.items.map((item) => `${item.key}@${item.revision}=${valueOf(item.text)}`);
    this.claim('forked', () => {
      const expected = subject.model.listAt(at, '');
      return `${expected}` === `${items}` ? undefined : `a fork at ${at} holds ${items} instead of ${expected}`;
    });
    await this.begin(base, at, new Map(held));
  }

  private newest(subject: Subject, store: Store): number {
    return Math.max(subject.told, subject.read.get(store) ?? 0);
  }

  private hasRead(subject: Subject, store: Store, at: number): void {
    subject.read.set(store, Math.max(subject.read.get(store) ?? 0, at));
  }

  private claim(name: string, claim: Claim): void {
    this.answers.set(name, (this.answers.get(name) ?? 0) + 1);
    this.claims.push(claim);
  }

  /** Everything is quiet: reads the logs to their ends and holds every claim against them. */
  private async judge(): Promise<string[]> {
    const faults: string[] = [];
    for (const subject of this.subjects) {
      const heads = await Promise.all(this.options.stores.map((store) => patiently(() => store.head(subject.id))));
      const head = Math.max(...heads);
      await subject.log.until(head - subject.model.first);
      for (const event of subject.log.seen) {
        const fault = subject.model.push(event);
        if (fault !== undefined) faults.push(`${subject.id}: ${fault}`);
      }
      if (subject.model.head !== head) faults.push(`${subject.id}: the log ends at ${subject.model.head}, not ${head}`);
      for (const store of this.options.stores) faults.push(...(await this.finalFaults(subject, store)));
    }
    for (const { subject, sink, prefix, after } of this.watches) {
      const isMine = (key: string) => key.startsWith(prefix);
      const due = subject.log.seen.filter(({ object }) => object.revision > after && isMine(object.key));
      await sink.until(due.length);
      if (sink.ends.length > 0) faults.push(`a watch of ${prefix} after ${after} ended: ${sink.ends}`);
      const revisions = (events: typeof due) => events.map((event) => event.object.revision).join();
      if (revisions(sink.seen) !== revisions(due)) {
        faults.push(`a watch of ${prefix} after ${after} saw ${revisions(sink.seen)} instead of ${revisions(due)}`);
      }
    }
    for (const claim of this.claims) {
      const fault = claim();
      if (fault !== undefined) faults.push(fault);
    }
    return faults;
  }

  /** What is in the database, read anew. */
  private async finalFaults(subject: Subject, store: Store): Promise<string[]> {
    await store.evict(subject.id);
    const page = await patiently(() => store.list(subject.id, { prefix: '' }));
    const items = page.items.map((item) => `${item.key}@${item.revision}=${valueOf(item.text)}`);
    const expected = subject.model.listAt(subject.model.head, '');
    return `${items}` === `${expected}` ? [] : [`${subject.id} ends as ${items} instead of ${expected}`];
  }
}

function isFailure(answer: unknown): answer is StoreError {
  return answer instanceof StoreError;
}

async function answerOf<T>(call: Promise<T>): Promise<T | StoreError> {
  return call.catch((error: unknown) => {
    if (error instanceof StoreError) return error;
    throw error;
  });
}

/** For what the history itself needs: again until the database is there. `done`: the last attempt had worked. */
async function patiently<T>(call: () => Promise<T>, done?: StoreError['code']): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    const answer = await answerOf(call());
    if (!isFailure(answer)) return answer;
    if (answer.code === done) return undefined as T;
    if (answer.code !== 'unavailable' || attempt > 100) throw answer;
  }
}

function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.int(items.length)]!;
}

function sample<T>(random: Random, items: readonly T[], count: number): T[] {
  const left = [...items];
  return Array.from({ length: count }, () => left.splice(random.int(left.length), 1)[0]!);
}
