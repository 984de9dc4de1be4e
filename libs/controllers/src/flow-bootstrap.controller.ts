import { deepEqual, isReason, parseGoBool } from '#apimachinery';
import { API_SERVER, defineController, type ObjectKey } from '#controller-runtime';
import {
  bootstrapFlows,
  type FlowSchema,
  flowSchemaKind,
  mandatoryLevels,
  mandatorySchemas,
  type PriorityLevelConfiguration,
  priorityLevelConfigurationKind,
} from '#kinds';

type FlowObject = FlowSchema | PriorityLevelConfiguration;

export interface FlowBootstrapDeps {
  /** Both kinds have objects of the same names. */
  found(kind: string, name: string): FlowObject | undefined;
  create(object: FlowObject): Promise<void>;
  update(object: FlowObject): Promise<void>;
}

const AUTO_UPDATE = 'apf.kubernetes.io/autoupdate-spec';
const WANTED: ReadonlyMap<string, readonly FlowObject[]> = byName(bootstrapFlows('1970-01-01T00:00:00Z'));

/**
 * Keeps what every API server makes of FlowSchemas and priority levels: makes anew what was deleted, and takes back what was
 * changed unless its annotation says that somebody wants it so. Models pkg/registry/flowcontrol/ensurer (1.36). Differs: upstream looks
 * every minute; here a change is what it waits for, so that no timer runs.
 */
export const flowBootstrapController = defineController<FlowBootstrapDeps>({
  name: 'flow-bootstrap',
  identity: API_SERVER,
  reconciles: flowSchemaKind,
  watches: [
    {
      resource: priorityLevelConfigurationKind,
      keysOf: ({ metadata }) => [{ namespace: '', name: metadata.name ?? '' }],
    },
  ],
  deps: ({ api, informers }) => ({
    found: (kind, name) => informers.of<FlowObject>(kindOf(kind)).get('', name),
    create: async (object) => void (await api.create(kindOf(object.kind), object)),
    update: async (object) => void (await api.update(kindOf(object.kind), object)),
  }),
  reconcile,
});

function kindOf(kind: string) {
  return kind === flowSchemaKind.kind ? flowSchemaKind : priorityLevelConfigurationKind;
}

function byName(objects: readonly FlowObject[]): Map<string, FlowObject[]> {
  const named = new Map<string, FlowObject[]>();
  for (const object of objects) {
    const name = object.metadata.name ?? '';
    named.set(name, [...(named.get(name) ?? []), object]);
  }
  return named;
}

export async function reconcile(deps: FlowBootstrapDeps, { name }: ObjectKey): Promise<void> {
  for (const wanted of WANTED.get(name) ?? []) {
    const found = deps.found(wanted.kind, name);
    const { apiVersion, kind, metadata, spec } = wanted;
    try {
      if (!found) await deps.create({ apiVersion, kind, metadata, spec } as FlowObject);
      else {
        const restored = restore(found, wanted);
        if (restored) await deps.update(restored);
      }
    } catch (error) {
      // Another was faster: its change is a key of its own.
      if (!isReason(error, 'AlreadyExists') && !isReason(error, 'NotFound') && !isReason(error, 'Conflict'))
        throw error;
    }
  }
}

/** undefined: it is as it should be. */
function restore(found: FlowObject, wanted: FlowObject): FlowObject | undefined {
  const { annotations = {}, generation, name = '' } = found.metadata;
  const mandatory = (found.kind === flowSchemaKind.kind ? mandatorySchemas : mandatoryLevels).has(name);
  const said = parseGoBool(annotations[AUTO_UPDATE] ?? '');
  const keeps = mandatory || (said ?? generation === 1);
  const spec = keeps ? specOf(found, wanted) : found.spec;
  if (said === keeps && deepEqual(spec, found.spec)) return undefined;
  const metadata = { ...found.metadata, annotations: { ...annotations, [AUTO_UPDATE]: String(keeps) } };
  return { ...found, metadata, spec } as FlowObject;
}

/** How much the exempt level lends is for the administrator to say. */
function specOf(found: FlowObject, wanted: FlowObject): FlowObject['spec'] {
  if ('exempt' in wanted.spec && 'exempt' in found.spec) return { ...wanted.spec, exempt: found.spec.exempt };
  return wanted.spec;
}
