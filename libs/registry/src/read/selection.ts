import {
  type FieldMatcher,
  type FieldRequirement,
  type LabelMatcher,
  parseFieldSelector,
  parseLabelSelector,
  StatusError,
} from '#apimachinery';
import type { Kind } from '#kinds';
import type { Facets } from '#storage';
import { selectableFieldNames } from '../facets.js';

/** Both selectors of a list or watch, ready to be asked for every object without parsing one. */
export interface Selection {
  readonly empty: boolean;
  /** The one name asked for by metadata.name=x, if any: narrows the keys to look at. */
  readonly name: string | undefined;
  /** A definition's fields are looked up in the object: it may be older than the definition's word of them. */
  readonly looksInside: boolean;
  /** For authorizers that let somebody see a part. */
  readonly fields: readonly FieldRequirement[];
  matches(facets: Facets): boolean;
}

const EVERYTHING: Selection = {
  ...{ empty: true, name: undefined, looksInside: false, fields: [] },
  matches: () => true,
};

/** Fails with 400 and upstream's text when a selector does not parse or names a field that the kind has not. */
export function selectionOf(kind: Kind, request: { labelSelector?: string; fieldSelector?: string }): Selection {
  const { labelSelector = '', fieldSelector = '' } = request;
  if (labelSelector === '' && fieldSelector === '') return EVERYTHING;
  const labels = parseLabelSelector(labelSelector);
  const fields = parseFieldSelector(fieldSelector);
  for (const { field } of fields.requirements) refuseUnknownField(kind, field);
  if (labels.empty && fields.empty) return EVERYTHING;
  const { requirements } = fields;
  return {
    empty: false,
    name: nameOf(fields),
    looksInside: kind.structural !== undefined && requirements.some(({ field }) => !field.startsWith('metadata.')),
    fields: requirements,
    matches: matcherOf(labels, fields),
  };
}

const NO_FIELDS = {};

function matcherOf(labels: LabelMatcher, fields: FieldMatcher): (facets: Facets) => boolean {
  if (fields.empty) return (facets) => labels.matches(facets.labels);
  if (labels.empty) return (facets) => fields.matches(facets.fields ?? NO_FIELDS);
  return (facets) => labels.matches(facets.labels) && fields.matches(facets.fields ?? NO_FIELDS);
}

function nameOf(fields: FieldMatcher): string | undefined {
  return fields.requirements.find(({ field, op }) => field === 'metadata.name' && op === '=')?.value;
}

/** Kinds without fields of their own answer with the generic conversion's sentence, the others with theirs. */
function refuseUnknownField(kind: Kind, field: string): void {
  if (selectableFieldNames(kind).has(field)) return;
  throw StatusError.badRequest(
    kind.selectableFields
      ? `field label not supported: ${field}`
      : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
  );
}
