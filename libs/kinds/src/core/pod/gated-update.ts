import { deepEqual, type FieldError, fieldError } from '#apimachinery';
import type { NodeAffinity, NodeSelectorTerm } from '../../generated/types.js';

/** A pod that waits at a gate may be narrowed down to fewer nodes, never to others. */

const ADDITIONS = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';

/** Models validateNodeSelectorMutation (1.36). */
export function checkGatedSelector(
  errors: FieldError[],
  field: string,
  now: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>>,
): void {
  for (const key of Object.keys(before)) {
    if (now[key] !== before[key]) {
      errors.push(fieldError.invalid(field, now, ADDITIONS));
      return;
    }
  }
}

/** Models validateNodeAffinityMutation (1.36): what was required stays so; terms may get further expressions. */
export function checkGatedAffinity(
  errors: FieldError[],
  field: string,
  now: NodeAffinity | undefined,
  before: NodeAffinity | undefined,
): void {
  const old = before?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  if (old.length === 0) return;
  const list = `${field}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`;
  const terms = now?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  if (terms.length === 0 || terms.length !== old.length) {
    const why = 'no additions/deletions to non-empty NodeSelectorTerms list are allowed';
    errors.push(fieldError.invalid(list, terms, why));
    return;
  }
  for (const [i, term] of terms.entries()) {
    if (hasOnlyAdditions(term, old[i]!)) continue;
    const why = 'only additions are allowed (no mutations or deletions)';
    errors.push(fieldError.invalid(`${list}[${i}]`, term, why));
  }
}

/** An empty term matches nothing, so that additions would make it match more. */
function hasOnlyAdditions(now: NodeSelectorTerm, before: NodeSelectorTerm): boolean {
  const isEmpty = !before.matchExpressions?.length && !before.matchFields?.length;
  if (isEmpty) return !now.matchExpressions?.length && !now.matchFields?.length;
  return (['matchExpressions', 'matchFields'] as const).every((name) =>
    (before[name] ?? []).every((one, i) => deepEqual(one, now[name]?.[i])),
  );
}
