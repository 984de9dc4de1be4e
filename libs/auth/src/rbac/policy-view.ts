import type { SandboxId } from '#base';
import { type Kind, storagePrefix } from '#kinds';
import { clusterRoleBindingKind, clusterRoleKind, roleBindingKind, roleKind } from '#kinds';
import type { Store, StoredObject, StoreEvent, StoreWatch } from '#storage';
import type { PolicyRule } from './policy-rule.js';

/** rbac/v1 Subject. */
export interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** What the authorizer needs of a Role, ClusterRole, RoleBinding or ClusterRoleBinding. */
export interface PolicyObject {
  readonly name: string;
  readonly namespace: string;
  readonly rules: readonly PolicyRule[];
  readonly subjects: readonly Subject[];
  readonly roleRef: { readonly kind: string; readonly name: string };
}

type Section = 'clusterRoles' | 'roles' | 'clusterRoleBindings' | 'roleBindings';

const SECTIONS: readonly [Section, Kind][] = [
  ['clusterRoles', clusterRoleKind],
  ['roles', roleKind],
  ['clusterRoleBindings', clusterRoleBindingKind],
  ['roleBindings', roleBindingKind],
];

/**
 * The policy of one sandbox, kept current by watches from its first use until `close`. A write of policy is seen before
 * its writer has the answer, because the store tells watchers before it acknowledges.
 */
export class PolicyView {
  /** By storage key. */
  readonly clusterRoles = new Map<string, PolicyObject>();
  readonly roles = new Map<string, PolicyObject>();
  readonly clusterRoleBindings = new Map<string, PolicyObject>();
  readonly roleBindings = new Map<string, PolicyObject>();
  /** Changes with every change of policy: what was derived from an older one is void. */
  version = 0;
  private watches: StoreWatch[] = [];
  private loading: Promise<void> | undefined;
  private loaded = false;
  private closed = false;

  constructor(
    private readonly store: Pick<Store, 'list' | 'watch'>,
    private readonly sandbox: SandboxId,
  ) {}

  /** undefined: ready now. */
  ready(): Promise<void> | undefined {
    if (this.loaded) return undefined;
    this.loading ??= this.load().finally(() => (this.loading = undefined));
    return this.loading;
  }

  /** Ends the watches; a later question reads the policy anew each time. */
  close(): void {
    this.closed = true;
    this.forget();
  }

  private async load(): Promise<void> {
    for (const [section] of SECTIONS) this[section].clear();
    for (const [section, kind] of SECTIONS) {
      const prefix = storagePrefix(kind, undefined);
      const page = await this.store.list(this.sandbox, { prefix });
      for (const stored of page.items) this[section].set(stored.key, policyOf(stored));
      if (this.closed) continue;
      const watch = await this.store.watch(this.sandbox, prefix, page.revision, {
        events: (batch) => this.follow(section, batch),
        closed: () => this.forget(),
      });
      this.watches.push(watch);
    }
    this.version++;
    this.loaded = !this.closed;
    if (this.closed) this.forget();
  }

  private follow(section: Section, batch: readonly StoreEvent[]): void {
    for (const { type, object } of batch) {
      if (type === 'DELETED') this[section].delete(object.key);
      else this[section].set(object.key, policyOf(object));
    }
    this.version++;
  }

  /** A watch ended: what is held grows old from now on. */
  private forget(): void {
    this.loaded = false;
    const watches = this.watches;
    this.watches = [];
    for (const watch of watches) watch.cancel();
  }
}

/** Sandboxes of one template share their stored objects, and so what was read out of them. */
const parsed = new WeakMap<StoredObject, PolicyObject>();

function policyOf(stored: StoredObject): PolicyObject {
  let policy = parsed.get(stored);
  if (!policy) {
    const object = JSON.parse(stored.text) as Partial<PolicyObject> & {
      metadata: { name?: string; namespace?: string };
    };
    policy = {
      name: object.metadata.name ?? '',
      namespace: object.metadata.namespace ?? '',
      rules: object.rules ?? [],
      subjects: object.subjects ?? [],
      roleRef: object.roleRef ?? { kind: '', name: '' },
    };
    parsed.set(stored, policy);
  }
  return policy;
}
