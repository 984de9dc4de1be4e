import { type FieldError, fieldError } from '#apimachinery';
import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { tableOf } from '../generic-columns.js';
import type { ConfigMap } from '../generated/types.js';
import { base64Bytes, checkKeys, checkSealed, checkSize } from './key-data.js';

function bytesOf({ data, binaryData }: ConfigMap): number {
  let total = 0;
  for (const value of Object.values(data ?? {})) total += Buffer.byteLength(value, 'utf8');
  for (const value of Object.values(binaryData ?? {})) total += base64Bytes(value);
  return total;
}

/** Models pkg/registry/core/configmap and ValidateConfigMap (1.36). */
export const configMapKind = defineKind<ConfigMap>({
  apiVersion: 'v1',
  resource: 'configmaps',
  table: tableOf<ConfigMap>([column('Data', 'integer')], ({ data, binaryData }) => [
    Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length,
  ]),
  validate(configMap) {
    const errors: FieldError[] = [];
    const { data = {}, binaryData } = configMap;
    checkKeys(errors, 'data', data);
    checkKeys(errors, 'binaryData', binaryData);
    for (const key of Object.keys(binaryData ?? {})) {
      if (Object.hasOwn(data, key))
        errors.push(fieldError.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    }
    // Upstream's path of the whole object.
    checkSize(errors, '[]', bytesOf(configMap));
    return errors;
  },
  validateUpdate: (configMap, old) => checkSealed(configMap, old),
});
