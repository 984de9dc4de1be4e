import type { KubeObject } from '#apimachinery';
import { defineKind, mergeStatusAndLabels } from '../../define-kind.js';
import type { Pod } from '../../generated/types.js';
import { nameWarnings } from '../../name-warnings.js';
import { bindPod } from './pod-binding.js';
import { podColumns, podRow } from './pod-columns.js';
import { applyPodDefaults } from './pod-defaults.js';
import { qosClassOf } from './pod-qos.js';
import { mergeEphemeralContainers } from './ephemeral-containers.js';
import { mergeResize, validateResize } from './pod-resize.js';
import { validatePodStatus } from './pod-status-validation.js';
import { validatePodUpdate } from './pod-update.js';
import { validateNewPod, validatePod } from './pod-validation.js';
import { podWarnings } from './pod-warnings.js';

/** Who reports a status need not know the class, which is settled at creation. Models podStatusStrategy (1.36). */
function mergePodStatus(stored: Pod, body: KubeObject): Pod {
  const merged = mergeStatusAndLabels(stored, body);
  const qosClass = stored.status?.qosClass;
  if (merged.status?.qosClass || !qosClass) return merged;
  return { ...merged, status: { ...merged.status, qosClass } };
}

/** Models pkg/registry/core/pod (1.36). */
export const podKind = defineKind<Pod>({
  apiVersion: 'v1',
  resource: 'pods',
  generation: true,
  table: { columns: podColumns, row: podRow },
  applyDefaults: applyPodDefaults,
  prepareForCreate(pod) {
    // Admission may have given the account after defaulting.
    if (pod.spec.serviceAccountName) pod.spec.serviceAccount = pod.spec.serviceAccountName;
    pod.status = { phase: 'Pending', qosClass: qosClassOf(pod.spec) };
    if (pod.spec.schedulingGates?.length) {
      const message = 'Scheduling is blocked due to non-empty scheduling gates';
      pod.status.conditions = [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message }];
    }
  },
  prepareForUpdate(pod, old) {
    pod.status = old.status ?? {};
  },
  validate: validatePod,
  validateCreate: validateNewPod,
  validateUpdate: validatePodUpdate,
  validateStatusUpdate: validatePodStatus,
  warnings: (pod, old) => [
    ...(old ? [] : nameWarnings("the Pod's hostname", pod.metadata.name)),
    ...podWarnings(pod.metadata, pod.spec),
  ],
  // Also asked of an object without a spec, for the names alone.
  selectableFields: ({ spec = { containers: [] }, status }) => ({
    'spec.nodeName': spec.nodeName ?? '',
    'spec.restartPolicy': spec.restartPolicy ?? '',
    'spec.schedulerName': spec.schedulerName ?? '',
    'spec.serviceAccountName': spec.serviceAccountName ?? '',
    'spec.hostNetwork': String(spec.hostNetwork ?? false),
    'status.phase': status?.phase ?? '',
    'status.podIP': status?.podIPs?.[0]?.ip ?? status?.podIP ?? '',
    'status.nominatedNodeName': status?.nominatedNodeName ?? '',
  }),
  /** Models CheckGracefulDelete: what never ran, or has ended, goes at once. */
  deletionGraceSeconds({ spec, status }, asked) {
    const wanted = asked ?? spec.terminationGracePeriodSeconds ?? 30;
    // A pod from before negative values were refused: the shortest grace there is.
    const grace = wanted < 0 ? 1 : wanted;
    const isOver = !spec.nodeName || status?.phase === 'Failed' || status?.phase === 'Succeeded';
    return isOver ? 0 : grace;
  },
  subresources: [
    { name: 'status', verbs: ['get', 'patch', 'update'], merge: mergePodStatus },
    { name: 'binding', verbs: ['create'], virtual: false, answersStatus: true, merge: bindPod },
    { name: 'ephemeralcontainers', verbs: ['get', 'patch', 'update'], merge: mergeEphemeralContainers },
    { name: 'resize', verbs: ['get', 'patch', 'update'], merge: mergeResize, validateUpdate: validateResize },
  ],
});
