import { type FieldError, fieldError } from '#apimachinery';
import { checkNonNegative } from '../field-rules.js';

interface ReplicaStatus {
  replicas: number;
  fullyLabeledReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  observedGeneration?: number;
}

const COUNTS = [
  'replicas',
  'fullyLabeledReplicas',
  'readyReplicas',
  'availableReplicas',
  'observedGeneration',
] as const;

/** No part is more than the whole. Models ValidateReplicationControllerStatus and ValidateReplicaSetStatus (1.36). */
export function checkReplicaStatus(status: ReplicaStatus): FieldError[] {
  const errors: FieldError[] = [];
  for (const name of COUNTS) checkNonNegative(errors, `status.${name}`, status[name]);
  const [all, ready, available] = [status.replicas ?? 0, status.readyReplicas ?? 0, status.availableReplicas ?? 0];
  for (const name of ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const) {
    const count = status[name] ?? 0;
    if (count > all) errors.push(fieldError.invalid(`status.${name}`, count, 'cannot be greater than status.replicas'));
  }
  if (available > ready) {
    errors.push(fieldError.invalid('status.availableReplicas', available, 'cannot be greater than readyReplicas'));
  }
  return errors;
}
