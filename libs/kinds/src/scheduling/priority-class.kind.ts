import { defineKind } from '../define-kind.js';
import type { PriorityClass } from '../generated/types.js';

export const priorityClassKind = defineKind<PriorityClass>({
  apiVersion: 'scheduling.k8s.io/v1',
  resource: 'priorityclasses',
});
