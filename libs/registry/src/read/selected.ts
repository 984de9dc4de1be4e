import { apiVersionOf } from '#apimachinery';
import type { Kind } from '#kinds';
import type { Facets, StoredObject } from '#storage';
import type { ParsedObjects } from './parsed-objects.js';
import type { Selection } from './selection.js';

/** Whether a stored object is selected. Facets say it, but for fields that a definition may have named later. */
export function selects(parsed: ParsedObjects, kind: Kind, selection: Selection, stored: StoredObject): boolean {
  return selection.matches(selection.looksInside ? facetsNow(parsed, kind, stored) : stored.facets);
}

/** As the version that is asked sees it. What a webhook has not converted is judged by the version that is stored. */
function facetsNow(parsed: ParsedObjects, kind: Kind, stored: StoredObject): Facets {
  if (kind.conversion && !parsed.isIn(stored, apiVersionOf(kind))) return stored.facets;
  const own = kind.selectableFields?.(parsed.served(kind, stored));
  return { ...stored.facets, fields: { ...stored.facets.fields, ...own } };
}

/**
 * Whether it was selected before a change. Of what was written before its fields had a name nothing is known: it counts as
 * selected, since clients forget what they never saw, and take what they do not know.
 */
export function selected(selection: Selection, before: Facets): boolean {
  if (!selection.looksInside) return selection.matches(before);
  const isKnown = selection.fields.every(
    ({ field }) => before.fields !== undefined && Object.hasOwn(before.fields, field),
  );
  return !isKnown || selection.matches(before);
}
