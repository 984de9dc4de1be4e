import type { Clock } from '#base';
import { isReason, rfc3339 } from '#apimachinery';
import type { ClusterApi, EventRecorder } from '#client';
import { podKind } from '#kinds';
import type { PodInfo } from './pod-info.js';

/** Says on each victim why it goes, then deletes it with its own grace. Models preemption's PreemptPod (1.36). */
export async function evict(
  { api, events, clock }: { api: ClusterApi; events: EventRecorder; clock: Clock },
  preemptor: PodInfo,
  victims: readonly PodInfo[],
  nodeName: string,
): Promise<void> {
  for (const { pod, namespace, name, uid } of victims) {
    if (pod.metadata.deletionTimestamp) continue;
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: 'default-scheduler: preempting to accommodate a higher priority pod',
      lastTransitionTime: rfc3339(clock.nowMs()),
    };
    const patch = { metadata: { uid }, status: { conditions: [condition] } };
    try {
      await api.patch(podKind, namespace, name, { type: 'strategic', patch }, 'status');
      await api.delete(podKind, namespace, name, { preconditions: { uid } });
    } catch (error) {
      if (isReason(error, 'NotFound') || isReason(error, 'Conflict')) continue;
      throw error;
    }
    events.event(pod, 'Normal', 'Preempted', `Preempted by pod ${preemptor.uid} on node ${nodeName}`);
  }
}
