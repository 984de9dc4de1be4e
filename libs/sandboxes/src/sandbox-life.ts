import { type Clock, entropy, type SandboxId, type VirtualClock } from '#base';
import { type SandboxRecords, StoreError, type Store } from '#storage';
import type { ClusterHouse } from './cluster-house.js';
import { obey, obeyed } from './sandbox-clock.js';
import type { AdmissionSpec, SandboxLife } from './sandbox.controller.js';
import type { TemplateShelf } from './templates/template-shelf.js';

export interface LifeParts {
  readonly store: Pick<Store, 'createSandbox' | 'deleteSandbox'>;
  readonly records: SandboxRecords;
  readonly shelf: Pick<TemplateShelf, 'snapshotOf'>;
  readonly house: Pick<ClusterHouse, 'sleep'>;
  /** Certificates, keys and tokens of a new cluster, as text that only the server reads. */
  newCredentials(): Promise<string>;
  urlOf(id: SandboxId): string;
  /** Of a sandbox that is awake here; nothing happens to others. */
  choosePlugins(id: SandboxId, choice: AdmissionSpec): void;
  /** Of a sandbox that is awake here. */
  clockOf(id: SandboxId): VirtualClock | undefined;
  readonly clock: Clock;
}

const TEMPLATE_DEFAULT = 'starter';

/** Makes and ends clusters. Every step may have been done before a crash: none of them minds. */
export function newSandboxLife(parts: LifeParts): SandboxLife {
  return {
    async provision(id, spec) {
      const base = await parts.shelf.snapshotOf(spec?.template ?? TEMPLATE_DEFAULT);
      if (!base) return undefined;
      await unlessExists(parts.store.createSandbox(id, base));
      // The record comes last: it is what makes the cluster findable. One that is there keeps its credentials.
      const credentials = await parts.newCredentials();
      const clock = spec?.clock && { clock: obeyed(parts.clock, undefined, spec.clock) };
      const admission = spec?.admission && { admission: spec.admission };
      const seed = spec?.seed ?? entropy();
      await unlessExists(parts.records.create({ id, seed, base, credentials, ...clock, ...admission }));
      return { url: parts.urlOf(id) };
    },

    async setClock(id, spec) {
      const live = parts.clockOf(id);
      if (live) {
        obey(live, spec);
        return parts.records.update(id, { clock: live.snapshot() });
      }
      const state = (await parts.records.get(id))?.clock;
      return parts.records.update(id, { clock: obeyed(parts.clock, state, spec) });
    },

    async choosePlugins(id, choice = {}) {
      parts.choosePlugins(id, choice);
      await parts.records.update(id, { admission: choice });
    },

    async purge(id) {
      // The record goes first: from here on nobody can wake it.
      await parts.records.delete(id);
      await parts.house.sleep(id);
      await parts.store.deleteSandbox(id);
    },
  };
}

/** For steps that another process, or an earlier attempt that was killed, may have done. */
export async function unlessExists(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof StoreError && error.code === 'exists')) throw error;
  }
}
