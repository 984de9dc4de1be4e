import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { tableOf } from '../generic-columns.js';
import type { RuntimeClass } from '../generated/types.js';

export const runtimeClassKind = defineKind<RuntimeClass>({
  apiVersion: 'node.k8s.io/v1',
  resource: 'runtimeclasses',
  table: tableOf<RuntimeClass>([column('Handler')], ({ handler }) => [handler]),
});
