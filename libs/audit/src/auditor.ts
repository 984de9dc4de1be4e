import type { SandboxEnv } from '#base';
import { type RequestAttributes, requesterOf, type UserInfo } from '#auth';
import { builtInKinds, storageKey } from '#kinds';
import { type Store, type StoredObject, StoreView } from '#storage';
import type { AuditLog } from './audit-log.js';
import { AuditedRequest, type AuditSink, type RequestFacts } from './audited-request.js';
import { type AuditPolicy, decide, isSensitive } from './policy.js';
import { parsePolicy } from './policy-document.js';

export const POLICY_NAMESPACE = 'kube-system';
export const POLICY_NAME = 'audit-policy';
/** The key of the ConfigMap's data under which the policy stands. */
export const POLICY_KEY = 'policy.yaml';
/** The key under which it says whether answers wait for their events; absent: they do not. */
export const MODE_KEY = 'mode';

const STORAGE_KEY = storageKey(builtInKinds.preferred('', 'configmaps')!, POLICY_NAMESPACE, POLICY_NAME);

interface Orders {
  readonly policy: AuditPolicy;
  readonly blocking: boolean;
}

/** Sandboxes of one template share their stored objects, and so what was read out of them. */
const read = new WeakMap<StoredObject, Orders | 'none'>();

/**
 * The auditing of one awake cluster: its policy, kept current from `open` until `close`, and the way to its log. A policy
 * counts from the moment its writer has the answer, because the store tells watchers before it acknowledges. Where that
 * watch has ended, the policy is read again; what cannot be read leaves the last one known in force.
 */
export class Auditor implements AuditSink {
  private orders: Orders | undefined;
  private found: Orders | undefined;
  private readonly view: StoreView;
  private closed = false;
  private count = 0;
  /** Written so far, for metrics. */
  events = 0;

  constructor(
    store: Pick<Store, 'list' | 'watch'>,
    readonly env: SandboxEnv,
    readonly log: AuditLog,
  ) {
    this.view = new StoreView(store, env.id, {
      prefixes: [
        {
          prefix: STORAGE_KEY,
          set: (key, stored) => {
            // The prefix is the key of others, too, that begin alike.
            if (key === STORAGE_KEY) this.found = stored && ordersOf(stored);
          },
        },
      ],
      begin: () => void (this.found = undefined),
      changed: () => void (this.orders = this.closed ? undefined : this.found),
    });
  }

  /** Fails as the store does. */
  async open(): Promise<void> {
    await this.view.ready();
  }

  /** undefined: the policy is the one that stands now. Whoever can wait does so before asking for `on`. Never rejects. */
  ready(): Promise<void> | undefined {
    return this.closed ? undefined : this.view.ready()?.catch(() => undefined);
  }

  /** Nothing is recorded while this is false: ask before anything is made for a record. */
  get on(): boolean {
    // Callers inside the process do not wait, but see to it that the next one finds what is new.
    void this.ready();
    return this.orders !== undefined;
  }

  close(): void {
    this.closed = true;
    this.orders = undefined;
    this.view.close();
  }

  /**
   * Starts the record of a request, its first stage included; undefined when the policy does not want one. Where `user`
   * is whom somebody acts as, the record, and the policy, speak of that somebody.
   */
  begin(user: UserInfo, attributes: RequestAttributes, facts: RequestFacts): AuditedRequest | undefined {
    if (!this.orders) return undefined;
    const requester = requesterOf(user) ?? user;
    return this.record(requester, attributes, facts, requester === user ? undefined : user);
  }

  /** The same before anybody has looked at who asks. */
  beginUnknown(attributes: RequestAttributes, facts: RequestFacts): AuditedRequest | undefined {
    return this.record(undefined, attributes, facts);
  }

  /**
   * The whole record of a request whose credentials nobody knows: one event, before anything of it was served. Models
   * WithFailedAuthenticationAudit (1.36).
   */
  unauthenticated(attributes: RequestAttributes, facts: RequestFacts, message: string): void {
    this.make(undefined, attributes, facts)?.unauthenticated(message);
  }

  /** For requests that no listener named: calls of actors, and the steps of a GraphQL operation. */
  nextId(parent: string): string {
    return `${parent}-${(++this.count).toString(36)}`;
  }

  /** One line of the log; `sealed` when it must not be read from the database alone. */
  write(line: string, sealed: boolean): void {
    this.events++;
    this.log.append(this.env.id, line, sealed);
  }

  /** Resolves when what was written is in the database, or could not be put there. */
  flush(): Promise<void> {
    return this.log.flush();
  }

  private record(
    requester: UserInfo | undefined,
    attributes: RequestAttributes,
    facts: RequestFacts,
    impersonated?: UserInfo,
  ): AuditedRequest | undefined {
    const request = this.make(requester, attributes, facts, impersonated);
    request?.received();
    return request;
  }

  private make(
    requester: UserInfo | undefined,
    attributes: RequestAttributes,
    facts: RequestFacts,
    impersonated?: UserInfo,
  ): AuditedRequest | undefined {
    if (!this.orders) return undefined;
    const { policy, blocking } = this.orders;
    const decision = decide(policy, requester, attributes);
    if (!decision) return undefined;
    const rules = { ...decision, blocking, sensitive: isSensitive(attributes) };
    return new AuditedRequest(this, { requester, impersonated }, attributes, facts, rules);
  }
}

/** What was admitted is valid; what was written around admission and is not, counts as no policy. */
function ordersOf(stored: StoredObject): Orders | undefined {
  let known = read.get(stored);
  if (known === undefined) {
    const { data = {} } = JSON.parse(stored.text) as { data?: Record<string, string> };
    const text = Object.hasOwn(data, POLICY_KEY) ? data[POLICY_KEY] : undefined;
    const parsed = text === undefined ? undefined : parsePolicy(text);
    const blocking = Object.hasOwn(data, MODE_KEY) && data[MODE_KEY] === 'blocking';
    known = parsed && 'policy' in parsed ? { policy: parsed.policy, blocking } : 'none';
    read.set(stored, known);
  }
  return known === 'none' ? undefined : known;
}
