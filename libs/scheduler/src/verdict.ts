import { isReason, rfc3339 } from '#apimachinery';
import type { ClusterApi, EventRecorder } from '#client';
import { type Pod, podKind } from '#kinds';
import type { Clock } from '#base';

/** What is told to the user of an attempt that failed. */
export interface Verdict {
  readonly reason: 'Unschedulable' | 'SchedulerError';
  readonly message: string;
  readonly nominatedNode?: string;
}

/**
 * Says in the pod's status and in an event why it got no node. Writes nothing when the status says so already.
 * Models Scheduler.handleSchedulingFailure (1.36).
 */
export async function announceFailure(
  { api, events, clock }: { api: ClusterApi; events: EventRecorder; clock: Clock },
  pod: Pod,
  { reason, message, nominatedNode }: Verdict,
): Promise<void> {
  events.event(pod, 'Warning', 'FailedScheduling', message);
  const old = pod.status?.conditions?.find((condition) => condition.type === 'PodScheduled');
  const same = old?.status === 'False' && old.reason === reason && old.message === message;
  const nominated = nominatedNode !== undefined && nominatedNode !== pod.status?.nominatedNodeName;
  if (same && !nominated) return;
  const { generation } = pod.metadata;
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    reason,
    message,
    lastTransitionTime: (old?.status === 'False' && old.lastTransitionTime) || rfc3339(clock.nowMs()),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  };
  const status = {
    ...(same ? {} : { conditions: [condition] }),
    ...(nominated ? { nominatedNodeName: nominatedNode } : {}),
  };
  const { namespace = '', name = '', uid } = pod.metadata;
  const patch = { metadata: uid === undefined ? {} : { uid }, status };
  try {
    await api.patch(podKind, namespace, name, { type: 'strategic', patch }, 'status');
  } catch (error) {
    // It is gone, or was replaced: nobody waits for an answer.
    if (!isReason(error, 'NotFound') && !isReason(error, 'Conflict')) throw error;
  }
}
