import type { StatusCause } from '../field-error.js';
import { StatusError } from '../status-error.js';
import type { Manager } from './managers.js';
import { compareText, shownPath } from './path-element.js';
import type { Conflict } from './updater.js';

/**
 * 409 with a cause for each field, in upstream's words:
 *
 *   Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using apps/v1: .spec.replicas
 *
 * Models NewConflictError of apimachinery's managedfields (1.36). Differs: causes come in order of their managers.
 */
export function conflictError(conflicts: readonly Conflict[]): StatusError {
  const inOrder = conflicts.toSorted((a, b) => compareText(a.id, b.id));
  const causes: StatusCause[] = inOrder.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${shownManager(manager)}`,
    field: shownPath(path),
  }));
  return new StatusError(409, 'Conflict', messageOf(inOrder), { causes });
}

function messageOf(conflicts: readonly Conflict[]): string {
  const [only] = conflicts;
  if (conflicts.length === 1 && only) {
    return `Apply failed with 1 conflict: conflict with ${shownManager(only.manager)}: ${shownPath(only.path)}`;
  }
  const lines: string[] = [];
  let last: string | undefined;
  for (const { id, manager, path } of conflicts) {
    if (id !== last) lines.push(`conflicts with ${shownManager(manager)}:`);
    last = id;
    lines.push(`- ${shownPath(path)}`);
  }
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

function shownManager({ manager, operation, apiVersion, subresource }: Manager): string {
  const name = JSON.stringify(manager) + (subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`);
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}
