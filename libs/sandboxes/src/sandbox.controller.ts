import type { SandboxId } from '#base';
import { type KubeObject, rfc3339, setCondition } from '#apimachinery';
import { controllerIdentity, defineController, type ObjectKey, type Outcome } from '#controller-runtime';
import { PURGE_FINALIZER, type Sandbox, sandboxKind, type SandboxSpec } from '#kinds';
import { sandboxIdOf } from './identity.js';
import type { ClockSpec } from './sandbox-clock.js';

export type AdmissionSpec = SandboxSpec['admission'];

/** What becomes of a Sandbox object outside the host's API. All are idempotent. */
export interface SandboxLife {
  /** Makes its log, credentials and record. Gives the URL; `undefined` when the template is not known. */
  provision(id: SandboxId, spec: Sandbox['spec']): Promise<{ url: string } | undefined>;
  /** Makes its time pass as the spec says from now on. */
  setClock(id: SandboxId, clock: ClockSpec): Promise<void>;
  /** Turns admission plugins of it on and off, from now on. */
  choosePlugins(id: SandboxId, choice: AdmissionSpec): Promise<void>;
  /** Ends its actors and removes everything of it. */
  purge(id: SandboxId): Promise<void>;
}

export interface SandboxDeps extends SandboxLife {
  get(key: ObjectKey): Sandbox | undefined;
  update(sandbox: Sandbox): Promise<unknown>;
  updateStatus(sandbox: Sandbox): Promise<unknown>;
  event(about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void;
  nowMs(): number;
}

async function finalize(deps: SandboxDeps, sandbox: Sandbox, id: SandboxId): Promise<void> {
  const finalizers = sandbox.metadata.finalizers ?? [];
  if (!finalizers.includes(PURGE_FINALIZER)) return;
  await deps.purge(id);
  const left = finalizers.filter((finalizer) => finalizer !== PURGE_FINALIZER);
  await deps.update({ ...sandbox, metadata: { ...sandbox.metadata, finalizers: left } });
}

function statusOf(
  sandbox: Sandbox,
  id: SandboxId,
  provisioned: { url: string } | undefined,
  nowMs: number,
): NonNullable<Sandbox['status']> {
  const condition = provisioned
    ? { type: 'Ready', status: 'True', reason: 'Provisioned', message: 'The cluster answers at its URL.' }
    : {
        type: 'Ready',
        status: 'False',
        reason: 'TemplateNotFound',
        message: `sandboxtemplates.sandkube.dev "${sandbox.spec?.template ?? ''}" not found`,
      };
  return {
    ...sandbox.status,
    phase: provisioned ? 'Ready' : 'Pending',
    id,
    ...(provisioned ? { url: provisioned.url } : {}),
    ...(sandbox.metadata.generation === undefined ? {} : { observedGeneration: sandbox.metadata.generation }),
    conditions: [...setCondition(sandbox.status?.conditions, { ...condition, lastTransitionTime: rfc3339(nowMs) })],
  };
}

/** What may change in the spec of a sandbox that is ready: its clock, and its admission plugins. */
async function followSpec(deps: SandboxDeps, sandbox: Sandbox, id: SandboxId): Promise<void> {
  const { generation } = sandbox.metadata;
  if (generation === undefined || sandbox.status?.observedGeneration === generation) return;
  await deps.setClock(id, sandbox.spec?.clock);
  await deps.choosePlugins(id, sandbox.spec?.admission);
  await deps.updateStatus({ ...sandbox, status: { ...sandbox.status, observedGeneration: generation } });
  deps.event(sandbox, 'Normal', 'ClockSet', clockText(sandbox.spec?.clock));
}

function clockText(clock: ClockSpec): string {
  return clock?.paused ? 'Time stands still' : `Time passes at rate ${clock?.rate ?? '1'}`;
}

/** Exported for its spec: pure apart from `deps`. */
export async function reconcileSandbox(deps: SandboxDeps, key: ObjectKey): Promise<Outcome> {
  const sandbox = deps.get(key);
  if (!sandbox) return;
  const id = sandboxIdOf(key.namespace, key.name);
  if (sandbox.metadata.deletionTimestamp !== undefined) return finalize(deps, sandbox, id);
  if (!sandbox.metadata.finalizers?.includes(PURGE_FINALIZER)) {
    const finalizers = [...(sandbox.metadata.finalizers ?? []), PURGE_FINALIZER];
    // The update's own event brings this key back, with the finalizer in place.
    await deps.update({ ...sandbox, metadata: { ...sandbox.metadata, finalizers } });
    return;
  }
  if (sandbox.status?.phase === 'Ready') return followSpec(deps, sandbox, id);
  const provisioned = await deps.provision(id, sandbox.spec);
  const status = statusOf(sandbox, id, provisioned, deps.nowMs());
  await deps.updateStatus({ ...sandbox, status });
  if (provisioned) deps.event(sandbox, 'Normal', 'Provisioned', `Cluster ready at ${provisioned.url}`);
  else deps.event(sandbox, 'Warning', 'TemplateNotFound', status.conditions?.[0]?.message ?? '');
}

/** Makes clusters out of Sandbox objects on the host. Runs in the host's ControllerManager like any controller. */
export function sandboxController(life: SandboxLife) {
  return defineController<SandboxDeps>({
    name: 'sandbox',
    identity: controllerIdentity('sandbox-controller'),
    reconciles: sandboxKind,
    deps: ({ api, informers, events, env }) => ({
      ...life,
      get: ({ namespace, name }) => informers.of<Sandbox>(sandboxKind).get(namespace, name),
      update: (sandbox) => api.update(sandboxKind, sandbox),
      updateStatus: (sandbox) => api.update(sandboxKind, sandbox, 'status'),
      event: (about, type, reason, message) => events.event(about, type, reason, message),
      nowMs: () => env.clock.nowMs(),
    }),
    reconcile: reconcileSandbox,
  });
}
