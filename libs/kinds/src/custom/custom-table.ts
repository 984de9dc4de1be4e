import { humanDuration, type Json, type KubeObject, timeOf } from '#apimachinery';
import { column, nameColumn } from '../columns.js';
import type { Table } from '../generic-columns.js';
import type { CustomResourceColumnDefinition } from '../generated/types.js';
import type { Cell } from '../kind.js';
import { jsonPathOf } from './json-path.js';

const AGE: CustomResourceColumnDefinition = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description: 'When the server created the object.',
};

/** `kubectl get` of custom resources. Models registry/customresource/tableconvertor (1.36). */
export function customTable(definitions: readonly CustomResourceColumnDefinition[] | undefined): Table<KubeObject> {
  const defined = definitions?.length ? definitions : [AGE];
  const columns = defined.map(({ name, type, format, description, priority, jsonPath }) =>
    column(name, type as Parameters<typeof column>[1], {
      format: format ?? '',
      priority: priority ?? 0,
      description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    }),
  );
  const paths = defined.map(({ jsonPath }) => jsonPathOf(jsonPath));
  return {
    columns: [nameColumn, ...columns],
    row: (object, nowMs) => [
      object.metadata.name ?? '',
      ...paths.map((path, i) => {
        const value = path?.(object as unknown as Json)[0];
        return value === undefined ? null : cellOf(defined[i]!.type, value, nowMs);
      }),
    ],
  };
}

function cellOf(type: string, value: Json, nowMs: number): Cell {
  switch (type) {
    case 'string':
      return textOf(value);
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date': {
      if (typeof value !== 'string') return null;
      const ms = timeOf(value);
      return ms === undefined ? '<invalid>' : humanDuration(nowMs - ms);
    }
    default:
      return null;
  }
}

function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  return value === null ? '<nil>' : JSON.stringify(value);
}
