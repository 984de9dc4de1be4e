import type { SandboxEnv } from '#base';
import type { KubeObject } from '#apimachinery';
import type { ClusterApi, ComponentIdentity, EventRecorder, Informers, ResourceRef } from '#client';

/** What a work queue carries: never an object, so that reconciling is level-triggered. */
export interface ObjectKey {
  readonly namespace: string;
  readonly name: string;
}

/** Nothing: done. `requeueAfterMs`: look again then. Throw: back off and retry. Throw TerminalError: never again. */
export type Outcome = void | { readonly requeueAfterMs: number };

export class TerminalError extends Error {}

/** One controller's world in one sandbox. Its api acts under the controller's own identity. */
export interface ControllerContext {
  readonly env: SandboxEnv;
  readonly api: ClusterApi;
  /** Shared by all controllers of the sandbox. */
  readonly informers: Informers;
  readonly events: EventRecorder;
}

/** Another resource whose changes concern the reconciled ones. */
export interface WatchRule {
  readonly resource: ResourceRef;
  /** Which keys a change touches. `old` is absent for additions, `object` is the last state for deletions. */
  keysOf(object: KubeObject, context: ControllerContext, old?: KubeObject): readonly ObjectKey[];
}

/** One file, one row in controllers.ts. */
export interface ControllerDefinition<Deps = unknown> {
  /** 'deployment': as kube-controller-manager names it, without '-controller'. */
  readonly name: string;
  readonly identity: ComponentIdentity;
  readonly reconciles: ResourceRef;
  readonly watches?: readonly WatchRule[];
  /** Keys reconciled at once in one sandbox. Default 4. */
  readonly workers?: number;
  /** Narrows the world to the functions that `reconcile` needs, so that tests pass literals. */
  deps(context: ControllerContext): Deps;
  reconcile(deps: Deps, key: ObjectKey): Promise<Outcome>;
}

export function defineController<Deps>(definition: ControllerDefinition<Deps>): ControllerDefinition<Deps> {
  return definition;
}
