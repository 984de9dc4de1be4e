import type { SandboxEnv } from '#base';
import type { RequestAttributes, UserInfo } from '#auth';
import { builtInKinds, storageKey } from '#kinds';
import type { Store, StoredObject, StoreWatch } from '#storage';
import type { AuditLog } from './audit-log.js';
import { AuditedRequest, type AuditSink, type RequestFacts } from './audited-request.js';
import { type AuditPolicy, decide, isSensitive } from './policy.js';
import { parsePolicy } from './policy-document.js';

export const POLICY_NAMESPACE = 'kube-system';
export const POLICY_NAME = 'audit-policy';
/** The key of the ConfigMap's data under which the policy stands. */
export const POLICY_KEY = 'policy.yaml';

const STORAGE_KEY = storageKey(builtInKinds.preferred('', 'configmaps')!, POLICY_NAMESPACE, POLICY_NAME);

/** Sandboxes of one template share their stored objects, and so what was read out of them. */
const read = new WeakMap<StoredObject, AuditPolicy | 'none'>();

/**
 * The auditing of one awake cluster: its policy, kept current by one watch from `open` until `close`, and the way to its
 * log. A policy counts from the moment its writer has the answer, because the store tells watchers before it acknowledges.
 */
export class Auditor implements AuditSink {
  private policy: AuditPolicy | undefined;
  private watch: StoreWatch | undefined;
  private closed = false;
  private count = 0;
  /** Written so far, for metrics. */
  events = 0;

  constructor(
    private readonly store: Pick<Store, 'get' | 'head' | 'watch'>,
    readonly env: SandboxEnv,
    readonly log: AuditLog,
  ) {}

  /** Nothing is recorded while this is false: ask before anything is made for a record. */
  get on(): boolean {
    return this.policy !== undefined;
  }

  async open(): Promise<void> {
    const { id } = this.env;
    const after = await this.store.head(id);
    const stored = await this.store.get(id, STORAGE_KEY);
    this.policy = stored && policyOf(stored);
    if (this.closed) return;
    const watch = await this.store.watch(id, STORAGE_KEY, after, {
      events: (batch) => {
        for (const { type, object } of batch) {
          // The prefix is the key of others, too, that begin alike.
          if (object.key === STORAGE_KEY) this.policy = type === 'DELETED' ? undefined : policyOf(object);
        }
      },
      closed: () => void (this.watch = undefined),
    });
    if (this.closed) watch.cancel();
    else this.watch = watch;
  }

  close(): void {
    this.closed = true;
    this.policy = undefined;
    this.watch?.cancel();
  }

  /** Starts the record of a request, its first stage included; undefined when the policy does not want one. */
  begin(user: UserInfo | undefined, attributes: RequestAttributes, facts: RequestFacts): AuditedRequest | undefined {
    const decision = this.policy && decide(this.policy, user, attributes);
    if (!decision) return undefined;
    const request = new AuditedRequest(this, user, attributes, facts, decision, isSensitive(attributes));
    request.received();
    return request;
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
}

/** What was admitted is valid; what was written around admission and is not, counts as no policy. */
function policyOf(stored: StoredObject): AuditPolicy | undefined {
  let known = read.get(stored);
  if (known === undefined) {
    const { data = {} } = JSON.parse(stored.text) as { data?: Record<string, string> };
    const text = Object.hasOwn(data, POLICY_KEY) ? data[POLICY_KEY] : undefined;
    const parsed = text === undefined ? undefined : parsePolicy(text);
    known = parsed && 'policy' in parsed ? parsed.policy : 'none';
    read.set(stored, known);
  }
  return known === 'none' ? undefined : known;
}
