import { deepEqual, type FieldError, fieldError } from '#apimachinery';
import { isExtended } from '../core/resource-names.js';
import type { DeviceClassSpec } from '../generated/types.js';
import { checkConfiguration } from './device-config-rules.js';
import { checkSelectors, SelectorBudget } from './device-selector-rules.js';
import { checkItems } from '../list-rules.js';

const CONFIGURATIONS_MAX = 32;

/** Which devices a class holds. Models validateDeviceClassSpec of pkg/apis/resource/validation (1.36). */
export function classErrors(spec: DeviceClassSpec = {}, old?: DeviceClassSpec): FieldError[] {
  const errors: FieldError[] = [];
  const { selectors, config, extendedResourceName: name } = spec;
  const isStored = (key: keyof DeviceClassSpec) => old !== undefined && deepEqual(spec[key] ?? [], old[key] ?? []);
  const budget = new SelectorBudget();
  checkSelectors(errors, 'spec.selectors', selectors, { stored: isStored('selectors'), budget });
  const stored = isStored('config');
  checkItems(errors, 'spec.config', config, CONFIGURATIONS_MAX, (all, at, one) => {
    checkConfiguration(all, at, one, { stored });
  });
  if (name !== undefined && !isExtended(name)) {
    errors.push(fieldError.invalid('spec.extendedResourceName', name, 'must be a valid extended resource name'));
  }
  return errors;
}
