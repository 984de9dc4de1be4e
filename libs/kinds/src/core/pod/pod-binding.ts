import { fieldError, type FieldError, type KubeObject, rfc3339, StatusError } from '#apimachinery';
import type { Binding, Pod } from '../../generated/types.js';
import type { KindEnv } from '../../kind.js';

const BINDING = { group: '', resource: 'pods/binding' };

function validateBinding({ target }: Binding): FieldError[] {
  const errors: FieldError[] = [];
  if (target?.kind && target.kind !== 'Node') {
    errors.push(fieldError.notSupported('target.kind', target.kind, ['Node', '<empty>']));
  }
  if (!target?.name) errors.push(fieldError.required('target.name'));
  return errors;
}

/**
 * Assigns a pod to the node that `body` (a Binding) names: what a scheduler does last. Refuses with Conflict when the
 * pod has one already. Models assignPod and setPodNodeAndMetadata of pkg/registry/core/pod/storage (1.36).
 */
export function bindPod(stored: Pod, body: KubeObject, env: KindEnv): Pod {
  const binding = body as Binding;
  const name = stored.metadata.name ?? '';
  const errors = validateBinding(binding);
  if (errors.length > 0) throw StatusError.invalid({ group: '', kind: 'Binding' }, name, errors);
  const refuse = (why: string) => StatusError.conflict(BINDING, name, why);
  const { uid } = binding.metadata;
  if (uid && uid !== stored.metadata.uid) {
    throw refuse(`Precondition failed: UID in precondition: ${uid}, UID in object meta: ${stored.metadata.uid}`);
  }
  if (stored.metadata.deletionTimestamp) throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  if (stored.spec.nodeName)
    throw refuse(`pod ${name} is already assigned to node ${JSON.stringify(stored.spec.nodeName)}`);
  if (stored.spec.schedulingGates?.length) throw refuse(`pod ${name} has non-empty .spec.schedulingGates`);

  const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: rfc3339(env.clock.nowMs()) };
  const others = (stored.status?.conditions ?? []).filter(({ type }) => type !== scheduled.type);
  const { annotations, labels } = binding.metadata;
  return {
    ...stored,
    metadata: {
      ...stored.metadata,
      ...(annotations ? { annotations: { ...stored.metadata.annotations, ...annotations } } : {}),
      ...(labels ? { labels: { ...stored.metadata.labels, ...labels } } : {}),
    },
    spec: { ...stored.spec, nodeName: binding.target.name! },
    status: { ...stored.status, conditions: [...others, scheduled] },
  };
}
