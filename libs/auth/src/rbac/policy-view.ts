import type { SandboxId } from '#base';
import { type Kind, storagePrefix } from '#kinds';
import { clusterRoleBindingKind, clusterRoleKind, roleBindingKind, roleKind } from '#kinds';
import { type Store, type StoredObject, StoreView } from '#storage';
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

/** The policy of one sandbox, kept by a StoreView. */
export class PolicyView {
  /** By storage key. */
  readonly clusterRoles = new Map<string, PolicyObject>();
  readonly roles = new Map<string, PolicyObject>();
  readonly clusterRoleBindings = new Map<string, PolicyObject>();
  readonly roleBindings = new Map<string, PolicyObject>();
  /** Changes with every change of policy: what was derived from an older one is void. */
  version = 0;
  private readonly view: StoreView;

  constructor(store: Pick<Store, 'list' | 'watch'>, sandbox: SandboxId) {
    this.view = new StoreView(store, sandbox, {
      prefixes: SECTIONS.map(([section, kind]) => ({
        prefix: storagePrefix(kind, undefined),
        set: (key, stored) => void (stored ? this[section].set(key, policyOf(stored)) : this[section].delete(key)),
      })),
      begin: () => SECTIONS.forEach(([section]) => this[section].clear()),
      changed: () => void this.version++,
    });
  }

  /** undefined: ready now. */
  ready(): Promise<void> | undefined {
    return this.view.ready();
  }

  close(): void {
    this.view.close();
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
