import { rfc3339, setCondition } from '#apimachinery';
import type { PodDisruptionBudget } from '../generated/types.js';

type Status = NonNullable<PodDisruptionBudget['status']>;

/** The status with its condition in step with its numbers. Models UpdateDisruptionAllowedCondition (1.36). */
export function withDisruptionAllowed(status: Status, nowMs: number): Status {
  const isAllowed = (status.disruptionsAllowed ?? 0) > 0;
  const condition = {
    type: 'DisruptionAllowed',
    status: isAllowed ? 'True' : 'False',
    reason: isAllowed ? 'SufficientPods' : 'InsufficientPods',
    message: '',
    ...(status.observedGeneration === undefined ? {} : { observedGeneration: status.observedGeneration }),
    lastTransitionTime: rfc3339(nowMs),
  };
  return { ...status, conditions: [...setCondition(status.conditions, condition)] };
}
