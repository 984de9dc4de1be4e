import type { FieldError } from '#apimachinery';
import { column } from '../columns.js';
import type { KindSource } from '../define-kind.js';
import { tableOf } from '../generic-columns.js';
import type { VolumeAttributesClass } from '../generated/types.js';
import { checkKept, checkParameters, checkProvisioner } from './class-rules.js';

/** Of every version, which differ in name only. Models pkg/registry/storage/volumeattributesclass (1.36). */
export const volumeAttributesClassRules: Omit<KindSource<VolumeAttributesClass>, 'apiVersion'> = {
  resource: 'volumeattributesclasses',
  table: tableOf<VolumeAttributesClass>([column('DriverName')], ({ driverName }) => [driverName]),
  validate({ driverName, parameters }) {
    const errors: FieldError[] = [];
    checkProvisioner(errors, 'driverName', driverName);
    checkParameters(errors, parameters, false);
    return errors;
  },
  validateUpdate(one, old) {
    const errors: FieldError[] = [];
    checkKept(errors, 'driverName', one.driverName, old.driverName);
    checkKept(errors, 'parameters', one.parameters, old.parameters);
    return errors;
  },
};
