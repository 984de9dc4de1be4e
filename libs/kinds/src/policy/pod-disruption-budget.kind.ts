import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { tableOf } from '../generic-columns.js';
import type { PodDisruptionBudget } from '../generated/types.js';

export const podDisruptionBudgetKind = defineKind<PodDisruptionBudget>({
  apiVersion: 'policy/v1',
  resource: 'poddisruptionbudgets',
  generation: true,
  table: tableOf<PodDisruptionBudget>(
    [column('Min Available'), column('Max Unavailable'), column('Allowed Disruptions', 'integer')],
    ({ spec, status }) => [
      String(spec?.minAvailable ?? 'N/A'),
      String(spec?.maxUnavailable ?? 'N/A'),
      status?.disruptionsAllowed ?? 0,
    ],
  ),
});
