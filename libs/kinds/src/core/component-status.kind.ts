import { column, nameColumn } from '../columns.js';
import { defineKind } from '../define-kind.js';
import type { ComponentStatus } from '../generated/types.js';

/** Models printComponentStatus (1.36). */
export const componentStatusKind = defineKind<ComponentStatus>({
  apiVersion: 'v1',
  resource: 'componentstatuses',
  table: {
    columns: [nameColumn, column('Status'), column('Message'), column('Error')],
    row: ({ metadata, conditions = [] }) => {
      const healthy = conditions.find(({ type }) => type === 'Healthy');
      const status = healthy?.status === 'True' ? 'Healthy' : healthy?.status === 'False' ? 'Unhealthy' : 'Unknown';
      return [metadata.name ?? '', status, healthy?.message ?? '', healthy?.error ?? ''];
    },
  },
});
