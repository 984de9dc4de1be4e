import { deepEqual, isConditionTrue, isReason, type KubeObject, rfc3339, setCondition } from '#apimachinery';
import type { ResourceRef } from '#client';
import {
  API_SERVER,
  type ControllerContext,
  defineController,
  type ObjectKey,
  type Outcome,
} from '#controller-runtime';
import { CUSTOM_RESOURCE_CLEANUP, type CustomResourceDefinition, customResourceDefinitionKind } from '#kinds';
import { asError } from '../failures.js';
import { statusOf } from './definition-conditions.js';

export interface DefinitionDeps {
  nowMs(): number;
  definition(name: string): CustomResourceDefinition | undefined;
  /** The other definitions of its group. */
  othersOf(definition: CustomResourceDefinition): readonly CustomResourceDefinition[];
  instances(resource: ResourceRef): Promise<readonly KubeObject[]>;
  deleteAll(resource: ResourceRef, namespace: string): Promise<void>;
  writeStatus(definition: CustomResourceDefinition): Promise<CustomResourceDefinition>;
}

/** Who holds its finalizers sees the last instance go; upstream looks as often. */
const LOOK_AGAIN_MS = 1_000;

/**
 * Gives CRDs their names and conditions, and empties those that are deleted. Models the naming, establishing, approval,
 * nonstructuralschema and finalizer controllers of apiextensions-apiserver (1.36), as one: they share one object, and a
 * definition is served after one write instead of three.
 */
export const customResourceDefinitionController = defineController<DefinitionDeps>({
  name: 'customresourcedefinition',
  identity: API_SERVER,
  reconciles: customResourceDefinitionKind,
  watches: [
    {
      resource: customResourceDefinitionKind,
      /** A definition that goes, or takes other names, may free what another waits for. */
      keysOf: (object, { informers }, old, change) => {
        const changed = object as CustomResourceDefinition;
        if (change === 'added' || (old && deepEqual(namesOf(old as CustomResourceDefinition), namesOf(changed))))
          return [];
        const others = sameGroup(informers.of(customResourceDefinitionKind).list(), changed);
        return others.map(({ metadata }) => ({ namespace: '', name: metadata.name! }));
      },
    },
  ],
  // Names are given to one at a time.
  workers: 1,
  deps: newDefinitionDeps,
  reconcile,
});

const namesOf = ({ status }: CustomResourceDefinition) => status?.acceptedNames;

function sameGroup(
  all: readonly CustomResourceDefinition[],
  { spec, metadata }: CustomResourceDefinition,
): CustomResourceDefinition[] {
  return all.filter((other) => other.spec.group === spec.group && other.metadata.name !== metadata.name);
}

export async function reconcile(deps: DefinitionDeps, { name }: ObjectKey): Promise<Outcome> {
  const definition = deps.definition(name);
  if (!definition) return;
  if (definition.metadata.deletionTimestamp !== undefined) return finalize(deps, definition);
  const status = statusOf(definition, deps.othersOf(definition), rfc3339(deps.nowMs()));
  if (!deepEqual(status, definition.status)) await deps.writeStatus({ ...definition, status });
}

/** Deletes the instances, by the same way as any user would; when none is left the definition may go. */
async function finalize(deps: DefinitionDeps, definition: CustomResourceDefinition): Promise<Outcome> {
  const finalizers = definition.metadata.finalizers ?? [];
  if (!finalizers.includes(CUSTOM_RESOURCE_CLEANUP)) return;
  if (!isConditionTrue(definition.status?.conditions, 'Established')) {
    return release(deps, definition, 'NeverEstablished', 'resource was never established');
  }
  const served = definition.spec.versions.find((version) => version.served);
  // Nobody can read what no version serves; it goes with the definition's names.
  if (!served) return release(deps, definition, 'InstanceDeletionCompleted', 'removed all instances');
  const resource = refOf(definition, served.name);
  const told = await tell(deps, definition, 'True', 'InstanceDeletionInProgress', IN_PROGRESS);
  try {
    const there = await deps.instances(resource);
    const namespaces = new Set(there.filter(isStaying).map(({ metadata }) => metadata.namespace ?? ''));
    for (const namespace of namespaces) await deps.deleteAll(resource, namespace);
    const left = namespaces.size > 0 ? await deps.instances(resource) : there;
    if (left.length > 0) return { requeueAfterMs: LOOK_AGAIN_MS };
  } catch (error) {
    await tell(deps, told, 'True', 'InstanceDeletionFailed', `could not issue all deletes: ${asError(error).message}`);
    throw error;
  }
  return release(deps, told, 'InstanceDeletionCompleted', 'removed all instances');
}

function refOf({ spec }: CustomResourceDefinition, version: string): ResourceRef {
  const { plural, kind } = spec.names;
  return { group: spec.group, version, resource: plural, kind, namespaced: spec.scope === 'Namespaced' };
}

const IN_PROGRESS = 'CustomResource deletion is in progress';
const isStaying = ({ metadata }: KubeObject) => metadata.deletionTimestamp === undefined;

async function tell(
  deps: DefinitionDeps,
  definition: CustomResourceDefinition,
  status: 'True' | 'False',
  reason: string,
  message: string,
): Promise<CustomResourceDefinition> {
  const told = terminating(deps, definition, status, reason, message);
  return deepEqual(told.status, definition.status) ? definition : deps.writeStatus(told);
}

async function release(
  deps: DefinitionDeps,
  definition: CustomResourceDefinition,
  reason: string,
  message: string,
): Promise<void> {
  const told = terminating(deps, definition, 'False', reason, message);
  const finalizers = (definition.metadata.finalizers ?? []).filter(
    (finalizer) => finalizer !== CUSTOM_RESOURCE_CLEANUP,
  );
  await deps.writeStatus({ ...told, metadata: { ...told.metadata, finalizers } });
}

function terminating(
  deps: DefinitionDeps,
  definition: CustomResourceDefinition,
  status: 'True' | 'False',
  reason: string,
  message: string,
): CustomResourceDefinition {
  const lastTransitionTime = rfc3339(deps.nowMs());
  const verdict = { type: 'Terminating', status, reason, message, lastTransitionTime };
  const conditions = [...setCondition(definition.status?.conditions, verdict)];
  return { ...definition, status: { ...definition.status, conditions } };
}

function newDefinitionDeps({ env, api, informers }: ControllerContext): DefinitionDeps {
  const definitions = informers.of<CustomResourceDefinition>(customResourceDefinitionKind);
  return {
    nowMs: () => env.clock.nowMs(),
    definition: (name) => definitions.get('', name),
    othersOf: (definition) => sameGroup(definitions.list(), definition),
    instances: async (resource) => (await api.list(resource, undefined)).items,
    deleteAll: (resource, namespace) => api.deleteCollection(resource, namespace),
    async writeStatus(definition) {
      try {
        return await api.update<CustomResourceDefinition>(customResourceDefinitionKind, definition, 'status');
      } catch (error) {
        if (isReason(error, 'NotFound')) return definition;
        throw error;
      }
    },
  };
}
