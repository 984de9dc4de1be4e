import { type FieldError, fieldError } from '#apimachinery';
import type {
  CustomResourceColumnDefinition,
  CustomResourceDefinitionVersion,
  CustomResourceSubresources,
  JSONSchemaProps,
  SelectableField,
} from '../generated/types.js';
import { validateDefaults } from './default-validation.js';
import { fieldOfPath } from './field-path.js';
import { validateRules } from './rule-validation.js';
import { validateSchema } from './schema-validation.js';
import { validateStructural } from './structural-violations.js';

/** How errors name the parts of a version. `again`: the part was judged with the first version. */
export interface VersionPaths {
  readonly version: string;
  readonly schema: string;
  readonly subresources: string;
  readonly columns: string;
  readonly selectableFields: string;
  readonly again: { schema?: boolean; subresources?: boolean; columns?: boolean; selectableFields?: boolean };
}

const SELECTABLE_MAX = 8;

/** Models validateCustomResourceDefinitionVersion (1.36). */
export function validateVersion(
  errors: FieldError[],
  version: CustomResourceDefinitionVersion,
  at: VersionPaths,
): void {
  checkDeprecation(errors, version, `${at.version}.deprecationWarning`);
  const { subresources, additionalPrinterColumns = [], selectableFields = [] } = version;
  const root = version.schema?.openAPIV3Schema;
  if (root && !at.again.schema) checkRoot(errors, root, at.schema, subresources?.status !== undefined);
  if (subresources?.scale && !at.again.subresources) checkScale(errors, subresources.scale, at.subresources);
  if (!at.again.columns) {
    additionalPrinterColumns.forEach((column, i) => checkColumn(errors, column, `${at.columns}[${i}]`));
  }
  if (selectableFields.length > 0 && !at.again.selectableFields) {
    if (root) checkSelectable(errors, selectableFields, root, at.selectableFields);
    else {
      const why = 'selectableFields may only be set when version.schema.openAPIV3Schema is not included';
      errors.push(fieldError.invalid(at.selectableFields, '', why));
    }
  }
}

function checkDeprecation(
  errors: FieldError[],
  { deprecated, deprecationWarning: text }: CustomResourceDefinitionVersion,
  at: string,
): void {
  const invalid = (why: string) => errors.push(fieldError.invalid(at, text, why));
  if (text === undefined) return;
  if (!deprecated) return void invalid('can only be set for deprecated versions');
  if (Buffer.byteLength(text) > 256) invalid('must be <= 256 characters long');
  if (text === '') invalid('must not be an empty string');
  const bad = /[^\P{C}]|[\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.exec(text);
  if (bad) {
    const index = Buffer.byteLength(text.slice(0, bad.index));
    invalid(`must only contain printable UTF-8 characters; non-printable character found at index ${index}`);
  }
}

const AT_ROOT = new Set([
  ...['description', 'type', 'format', 'title', 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum'],
  ...['maxLength', 'minLength', 'pattern', 'maxItems', 'minItems', 'uniqueItems', 'multipleOf', 'required', 'items'],
  ...['properties', 'externalDocs', 'example', 'x-kubernetes-preserve-unknown-fields', 'x-kubernetes-validations'],
]);
const AT_ROOT_TEXT =
  '[Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations]';

function checkRoot(errors: FieldError[], root: JSONSchemaProps, path: string, hasStatus: boolean): void {
  const at = `${path}.openAPIV3Schema`;
  if (hasStatus) {
    if (root.type && root.type !== 'object') {
      const why = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
      errors.push(fieldError.invalid(`${at}.type`, root.type, why));
    }
    if (Object.keys(root).some((name) => !AT_ROOT.has(name) && root[name as keyof JSONSchemaProps] !== false)) {
      const why = `only ${AT_ROOT_TEXT} fields are allowed at the root of the schema if the status subresource is enabled`;
      errors.push(fieldError.invalid(at, root, why));
    }
  }
  if (root.nullable) errors.push(fieldError.forbidden(`${at}.nullable`, 'nullable cannot be true at the root'));
  const structural = validateStructural(root, at);
  errors.push(...(structural.length > 0 ? structural : validateDefaults(root, at)));
  const schemaErrors = validateSchema(root, at);
  errors.push(...schemaErrors);
  if (structural.length === 0 && schemaErrors.length === 0) errors.push(...validateRules(root, at));
}

const NOT_SIMPLE = 'must be a simple json path starting with .';

function checkScale(
  errors: FieldError[],
  scale: NonNullable<CustomResourceSubresources['scale']>,
  subresources: string,
): void {
  const path = (name: string, value: string | undefined, under: readonly string[], required: boolean) => {
    const at = `${subresources}.scale.${name}`;
    if (!value) {
      if (required) errors.push(fieldError.required(at));
    } else if (!value.startsWith('.')) errors.push(fieldError.invalid(at, value, NOT_SIMPLE));
    else if (!under.some((prefix) => value.startsWith(`${prefix}.`))) {
      const where = under.length === 1 ? under[0] : `either ${under.join(' or ')}`;
      errors.push(fieldError.invalid(at, value, `should be a json path under ${where}`));
    }
  };
  path('specReplicasPath', scale.specReplicasPath, ['.spec'], true);
  path('statusReplicasPath', scale.statusReplicasPath, ['.status'], true);
  path('labelSelectorPath', scale.labelSelectorPath, ['.spec', '.status'], false);
}

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

function checkColumn(errors: FieldError[], column: CustomResourceColumnDefinition, at: string): void {
  const { name, type, format, jsonPath } = column;
  if (!name) errors.push(fieldError.required(`${at}.name`));
  const types = `must be one of ${COLUMN_TYPES.join(',')}`;
  if (!type) errors.push(fieldError.required(`${at}.type`, types));
  else if (!COLUMN_TYPES.includes(type)) errors.push(fieldError.invalid(`${at}.type`, type, types));
  if (format && !COLUMN_FORMATS.includes(format)) {
    errors.push(fieldError.invalid(`${at}.format`, format, `must be one of ${COLUMN_FORMATS.join(',')}`));
  }
  if (!jsonPath) errors.push(fieldError.required(`${at}.JSONPath`));
  else if (!jsonPath.startsWith('.')) errors.push(fieldError.invalid(`${at}.JSONPath`, jsonPath, NOT_SIMPLE));
}

function checkSelectable(
  errors: FieldError[],
  fields: readonly SelectableField[],
  root: JSONSchemaProps,
  path: string,
): void {
  const seen = new Set<string>();
  fields.forEach(({ jsonPath }, i) => {
    const at = `${path}[${i}].jsonPath`;
    if (!jsonPath) return errors.push(fieldError.required(at));
    const found = fieldOfPath(jsonPath, root, { noBrackets: true });
    if ('error' in found) return errors.push(fieldError.invalid(at, jsonPath, `is an invalid path: ${found.error}`));
    if (found.names[0] === 'metadata') {
      errors.push(fieldError.invalid(at, jsonPath, 'must not point to fields in metadata'));
    }
    if (!['string', 'boolean', 'integer'].includes(found.schema.type ?? '')) {
      const why =
        'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';
      errors.push(fieldError.invalid(at, jsonPath, why));
    }
    if (seen.has(found.text)) errors.push(fieldError.duplicate(at, jsonPath));
    return seen.add(found.text);
  });
  if (seen.size > SELECTABLE_MAX) errors.push(fieldError.tooMany(path, seen.size, SELECTABLE_MAX));
}
