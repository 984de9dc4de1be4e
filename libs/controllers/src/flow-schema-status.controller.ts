import { deepEqual, isReason, rfc3339 } from '#apimachinery';
import { API_SERVER, defineController, type ObjectKey } from '#controller-runtime';
import {
  danglingCondition,
  type FlowSchema,
  flowSchemaKind,
  mandatoryLevels,
  priorityLevelConfigurationKind,
} from '#kinds';

export interface FlowSchemaStatusDeps {
  schema(name: string): FlowSchema | undefined;
  hasLevel(name: string): boolean;
  nowMs(): number;
  writeStatus(schema: FlowSchema): Promise<void>;
}

/**
 * Says in a FlowSchema's status whether its level is there. Models the config consumer of apiserver/pkg/util/flowcontrol
 * (syncFlowSchemaStatuses, 1.36).
 */
export const flowSchemaStatusController = defineController<FlowSchemaStatusDeps>({
  name: 'flow-schema-status',
  identity: API_SERVER,
  reconciles: flowSchemaKind,
  watches: [
    {
      resource: priorityLevelConfigurationKind,
      keysOf: ({ metadata: { name } }, { informers }) =>
        informers
          .of<FlowSchema>(flowSchemaKind)
          .list()
          .filter(({ spec }) => spec.priorityLevelConfiguration.name === name)
          .map(({ metadata }) => ({ namespace: '', name: metadata.name ?? '' })),
    },
  ],
  deps: ({ api, informers, env }) => ({
    schema: (name) => informers.of<FlowSchema>(flowSchemaKind).get('', name),
    hasLevel: (name) => informers.of(priorityLevelConfigurationKind).get('', name) !== undefined,
    nowMs: () => env.clock.nowMs(),
    writeStatus: async (schema) => void (await api.update(flowSchemaKind, schema, 'status')),
  }),
  reconcile,
});

export async function reconcile(deps: FlowSchemaStatusDeps, { name }: ObjectKey): Promise<void> {
  const schema = deps.schema(name);
  if (!schema) return;
  const level = schema.spec.priorityLevelConfiguration.name;
  // Without the mandatory ones a server goes on as if they were there.
  const exists = deps.hasLevel(level) || mandatoryLevels.has(level);
  const wanted = danglingCondition(schema, exists, rfc3339(deps.nowMs()));
  const conditions = schema.status?.conditions ?? [];
  const said = conditions.find(({ type }) => type === wanted.type);
  if (said && deepEqual({ ...said, lastTransitionTime: wanted.lastTransitionTime }, wanted)) return;
  const others = conditions.filter(({ type }) => type !== wanted.type);
  try {
    await deps.writeStatus({ ...schema, status: { ...schema.status, conditions: [...others, wanted] } });
  } catch (error) {
    // Gone or changed: that is a key of its own.
    if (!isReason(error, 'NotFound') && !isReason(error, 'Conflict')) throw error;
  }
}
