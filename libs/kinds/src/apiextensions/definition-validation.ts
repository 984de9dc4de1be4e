import {
  deepEqual,
  dns1035Label,
  dns1123Subdomain,
  type FieldError,
  fieldError,
  groupResourceName,
  isConditionTrue,
  withinStack,
} from '#apimachinery';
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionSpec,
  CustomResourceDefinitionVersion,
  JSONSchemaProps,
} from '../generated/types.js';
import { checkOneOf, IMMUTABLE } from '../field-rules.js';
import { apiApprovalOf } from './api-approval.js';
import { structuralOf } from '../custom/structural.js';
import { bundleError, validateConversion } from './conversion-validation.js';
import { patternsTooLarge } from './pattern-budget.js';
import { validateVersion } from './version-validation.js';

const APPROVAL = 'metadata.annotations[api-approved.kubernetes.io]';

/** Models ValidateCustomResourceDefinition of apis/apiextensions/validation (1.36). */
export function validateDefinition(definition: CustomResourceDefinition, old?: CustomResourceDefinition): FieldError[] {
  return withinStack(() => {
    const errors: FieldError[] = [];
    const { spec, metadata, status } = definition;
    const tooMuch = patternsTooLarge(spec.versions);
    // Nothing of them may be compiled.
    if (tooMuch) return [tooMuch];
    if (!old && metadata.name && metadata.name !== groupResourceName(spec.group, spec.names.plural)) {
      errors.push(fieldError.invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group'));
    }
    checkSpec(errors, spec, old);
    if (old) checkUpdate(errors, spec, old);
    checkNames(errors, status?.acceptedNames, 'status.acceptedNames');
    checkStoredVersions(errors, definition);
    checkApproval(errors, definition, old);
    if (spec.preserveUnknownFields && !old?.spec.preserveUnknownFields) {
      const why =
        'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
      errors.push(fieldError.invalid('spec.preserveUnknownFields', true, why));
    }
    return errors;
  });
}

function checkSpec(errors: FieldError[], spec: CustomResourceDefinitionSpec, old?: CustomResourceDefinition): void {
  const { group, versions = [] } = spec;
  if (!group) errors.push(fieldError.required('spec.group'));
  else if (dns1123Subdomain(group).length > 0) {
    errors.push(fieldError.invalid('spec.group', group, dns1123Subdomain(group).join(',')));
  } else if (!group.includes('.')) {
    errors.push(fieldError.invalid('spec.group', group, 'should be a domain with at least one dot'));
  }
  if (!spec.scope) errors.push(fieldError.required('spec.scope'));
  else checkOneOf(errors, 'spec.scope', spec.scope, ['Cluster', 'Namespaced']);
  versions.forEach(({ schema }, i) => {
    if (schema?.openAPIV3Schema) return;
    errors.push(fieldError.required(`spec.versions[${i}].schema.openAPIV3Schema`, 'schemas are required'));
  });
  // Upstream takes what is not said for true here, and v1 says false by default.
  const preserves = spec.preserveUnknownFields === true;
  if (preserves && versions.some(({ schema }) => hasDefaults(schema?.openAPIV3Schema))) {
    const why = 'must be false in order to use defaults in the schema';
    errors.push(fieldError.invalid('spec.preserveUnknownFields', true, why));
  }
  checkVersions(errors, versions);
  for (const name of ['plural', 'singular', 'kind', 'listKind'] as const) {
    if (!spec.names[name]) errors.push(fieldError.required(`spec.names.${name}`));
  }
  checkNames(errors, spec.names, 'spec.names');
  if (preserves && spec.conversion && spec.conversion.strategy !== 'None') {
    const why = 'must be None if spec.preserveUnknownFields is true';
    errors.push(fieldError.invalid('spec.conversion.strategy', spec.conversion.strategy, why));
  }
  validateConversion(errors, spec.conversion, mayBeAnyBundle(old));
}

function hasDefaults(schema: JSONSchemaProps | undefined): boolean {
  return schema !== undefined && structuralOf(schema).hasDefaults;
}

/** Until it serves, or while it is no worse than before. Models allowInvalidCABundle (1.36). */
function mayBeAnyBundle(old: CustomResourceDefinition | undefined): boolean {
  if (!old || !isConditionTrue(old.status?.conditions, 'Established')) return true;
  const before = old.spec.conversion?.webhook?.clientConfig?.caBundle;
  return before !== undefined && before !== '' && bundleError(before) !== undefined;
}

/**
 * What all versions say alike is judged once and named at the top, as the internal type of upstream has it there.
 */
function checkVersions(errors: FieldError[], versions: readonly CustomResourceDefinitionVersion[]): void {
  const first = versions[0];
  const alike = (part: keyof CustomResourceDefinitionVersion) =>
    first?.[part] !== undefined && versions.every((version) => deepEqual(version[part], first[part]));
  const at = {
    schema: alike('schema'),
    subresources: alike('subresources'),
    columns: alike('additionalPrinterColumns'),
    selectableFields: alike('selectableFields'),
  };
  const seen = new Set<string>();
  versions.forEach((version, i) => {
    const path = `spec.versions[${i}]`;
    const why = dns1035Label(version.name ?? '');
    if (why.length > 0) errors.push(fieldError.invalid(`${path}.name`, version.name ?? '', why.join(',')));
    validateVersion(errors, version, {
      version: path,
      schema: at.schema ? 'spec.validation' : `${path}.schema`,
      subresources: at.subresources ? 'spec.subresources' : `${path}.subresources`,
      columns: at.columns ? 'spec.additionalPrinterColumns' : `${path}.additionalPrinterColumns`,
      selectableFields: at.selectableFields ? 'spec.selectableFields' : `${path}.selectableFields`,
      again: i > 0 ? at : {},
    });
    seen.add(version.name);
  });
  if (seen.size < versions.length) {
    errors.push(fieldError.invalid('spec.versions', versions, 'must contain unique version names'));
  }
  if (versions.filter(({ storage }) => storage).length !== 1) {
    const why = 'must have exactly one version marked as storage version';
    errors.push(fieldError.invalid('spec.versions', versions, why));
  }
}

function checkNames(errors: FieldError[], names: CustomResourceDefinitionNames | undefined, path: string): void {
  if (!names) return;
  const label = (name: string, value: string | undefined, prefix = '') => {
    const why = value ? dns1035Label(prefix === '' ? value : value.toLowerCase()) : [];
    if (why.length > 0) errors.push(fieldError.invalid(`${path}.${name}`, value, prefix + why.join(',')));
  };
  const mixed = 'may have mixed case, but should otherwise match: ';
  label('plural', names.plural);
  label('singular', names.singular);
  label('kind', names.kind, mixed);
  label('listKind', names.listKind, mixed);
  names.shortNames?.forEach((name, i) => label(`shortNames[${i}]`, name || ' '));
  if (names.kind && names.kind === names.listKind) {
    errors.push(fieldError.invalid(`${path}.listKind`, names.listKind, 'kind and listKind may not be the same'));
  }
  names.categories?.forEach((name, i) => label(`categories[${i}]`, name || ' '));
}

function checkUpdate(errors: FieldError[], spec: CustomResourceDefinitionSpec, old: CustomResourceDefinition): void {
  const same = (name: string, now: string | undefined, before: string | undefined) => {
    if (now !== before) errors.push(fieldError.invalid(`spec.${name}`, now, IMMUTABLE));
  };
  if (isConditionTrue(old.status?.conditions, 'Established')) {
    same('scope', spec.scope, old.spec.scope);
    same('names.kind', spec.names.kind, old.spec.names.kind);
  }
  same('group', spec.group, old.spec.group);
  same('names.plural', spec.names.plural, old.spec.names.plural);
}

/** Data may be stored in each of them, so each must be known. */
function checkStoredVersions(errors: FieldError[], { spec, status }: CustomResourceDefinition): void {
  const stored = status?.storedVersions ?? [];
  const at = 'status.storedVersions';
  if (stored.length === 0) {
    errors.push(fieldError.invalid(at, stored, 'must have at least one stored version'));
    return;
  }
  for (const { name, storage } of spec.versions ?? []) {
    if (storage && !stored.includes(name)) {
      errors.push(fieldError.invalid(at, stored, `must have the storage version ${name}`));
    }
  }
  stored.forEach((name, i) => {
    if (spec.versions?.some((version) => version.name === name)) return;
    const why = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
    errors.push(fieldError.invalid(`${at}[${i}]`, name, why));
  });
}

function checkApproval(
  errors: FieldError[],
  { spec, metadata }: CustomResourceDefinition,
  old: CustomResourceDefinition | undefined,
): void {
  const now = apiApprovalOf(spec.group, metadata.annotations);
  if (!now || (old && apiApprovalOf(spec.group, old.metadata.annotations)?.state === now.state)) return;
  if (now.state === 'missing') errors.push(fieldError.required(APPROVAL, now.message));
  if (now.state === 'invalid') {
    const value = metadata.annotations?.['api-approved.kubernetes.io'];
    errors.push(fieldError.invalid(APPROVAL, value, now.message));
  }
}

/** A write of status may take stored versions away once their data is migrated. */
export function validateDefinitionStatus(definition: CustomResourceDefinition): FieldError[] {
  const errors: FieldError[] = [];
  checkNames(errors, definition.status?.acceptedNames, 'status.acceptedNames');
  return errors;
}
