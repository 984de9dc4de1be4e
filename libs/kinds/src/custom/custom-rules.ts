import { deepCopy, type FieldError, type Json, type KubeObject, withinStack } from '#apimachinery';
import type { CustomResourceSubresourceScale, JSONSchemaProps } from '../generated/types.js';
import { type DecodeErrors, decodeErrors } from '../decode.js';
import { validateCel } from './cel-validation.js';
import { validateScale } from './custom-subresources.js';
import { applyDefaults, dropForbiddenNulls, isDefaulted } from './defaulting.js';
import { coerceEmbedded, validateEmbedded } from './embedded.js';
import { validateLists } from './list-rules.js';
import { isPruned, prune } from './prune.js';
import { isObject, type JsonObject, type Structural, structuralOf } from './structural.js';
import { validateValue } from './value-validation.js';

const UNKNOWN_MAX = 100;

/** Every resource's metadata is decoded as Go's type of it, whatever the CRD says. */
const METADATA = {
  definition: '',
  schema: {
    type: 'object' as const,
    properties: {
      apiVersion: { type: 'string' as const },
      kind: { type: 'string' as const },
      metadata: { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' },
    },
  },
};

/** Rules may rely on the form of what they look at. Models hasBlockingErr of customresource/strategy.go (1.36). */
const isBlocking = ({ type }: FieldError) => BLOCKING.has(type);
const BLOCKING = new Set(['FieldValueRequired', 'FieldValueTooLong', 'FieldValueTooMany', 'FieldValueTypeInvalid']);
const NOT_CHECKED: FieldError = {
  type: 'FieldValueInvalid',
  field: '<nil>',
  detail:
    'Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
};

/**
 * What the generic path asks about instances of one version of a CRD, in place of Go's types: decoding, defaults and
 * validation by the structural schema. Compiled on first use. A body too deep for the stack is the user's error.
 */
export class CustomRules {
  private compiled: Structural | undefined;

  constructor(
    private readonly schemaOf: () => JSONSchemaProps,
    private readonly scale: CustomResourceSubresourceScale | undefined,
  ) {}

  get structural(): Structural {
    return (this.compiled ??= withinStack(() => structuralOf(this.schemaOf())));
  }

  /** In place: metadata to canonical form, what the schema does not name taken away. */
  decode(value: Json): DecodeErrors {
    return withinStack(() => {
      if (!isObject(value)) return decodeErrors(METADATA, value);
      const meta: JsonObject = {};
      for (const name of Object.keys(METADATA.schema.properties)) {
        if (Object.hasOwn(value, name)) meta[name] = value[name]!;
      }
      const errors = decodeErrors(METADATA, meta);
      if ('metadata' in meta) value['metadata'] = meta['metadata']!;
      else delete value['metadata'];
      const unknown: string[] = [];
      prune(value, this.structural, unknown);
      const texts = unknown.slice(0, UNKNOWN_MAX).map((path) => `unknown field ${JSON.stringify(path)}`);
      const inside = coerceEmbedded(value, this.structural);
      return {
        wrong: [...errors.wrong, ...inside.wrong],
        unknown: [...errors.unknown, ...texts, ...inside.unknown.slice(0, UNKNOWN_MAX)],
      };
    });
  }

  setDefaults(object: KubeObject): void {
    withinStack(() => {
      applyDefaults(object as unknown as Json, this.structural);
      dropForbiddenNulls(object as unknown as Json, this.structural);
    });
  }

  /** As it would be if it were written now: the object itself when that changes nothing. */
  refreshed(object: KubeObject): KubeObject {
    const value = object as unknown as JsonObject;
    if (isPruned(value, this.structural, true) && isDefaulted(value, this.structural)) return object;
    const copy = deepCopy(value);
    prune(copy, this.structural, []);
    this.setDefaults(copy as unknown as KubeObject);
    return copy as unknown as KubeObject;
  }

  /** As this version keeps it: what it does not name is lost. The object itself when that changes nothing. */
  pruned(object: KubeObject): KubeObject {
    const value = object as unknown as JsonObject;
    if (isPruned(value, this.structural, true)) return object;
    const copy = deepCopy(value);
    prune(copy, this.structural, []);
    return copy as unknown as KubeObject;
  }

  validate(object: KubeObject, old?: KubeObject): FieldError[] {
    return withinStack(() => {
      const value = object as unknown as Json;
      const before = old as unknown as Json | undefined;
      const errors = validateValue(value, this.structural, before);
      const lists = validateLists(value, this.structural);
      if (lists.length > 0 && (before === undefined || validateLists(before, this.structural).length === 0)) {
        errors.push(...lists);
      }
      errors.push(...validateEmbedded(value, this.structural));
      if (this.scale) errors.push(...validateScale(object, this.scale));
      if (this.structural.hasRules) {
        errors.push(...(errors.some(isBlocking) ? [NOT_CHECKED] : validateCel(value, this.structural, before)));
      }
      return errors;
    });
  }
}
