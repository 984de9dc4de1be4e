import { fieldError, type FieldError, type Json, type KubeObject, setField, StatusError } from '#apimachinery';
import { scaleMeta } from '../apps/scale.js';
import type { CustomResourceSubresourceScale, Scale } from '../generated/types.js';
import type { Subresource } from '../kind.js';
import { dottedPath, valueAt } from './json-path.js';
import { isObject, type JsonObject } from './structural.js';

const json = (object: KubeObject) => object as unknown as JsonObject;

/** Status alone may change; everything else, metadata too, stays. Models customresource/status_strategy.go (1.36). */
export const customStatus: Subresource = {
  name: 'status',
  verbs: ['get', 'patch', 'update'],
  merge(stored, body) {
    const { status: _gone, ...kept } = stored as KubeObject & { status?: unknown };
    const { managedFields } = body.metadata;
    const metadata = { ...stored.metadata, ...(managedFields === undefined ? {} : { managedFields }) };
    const status = (body as { status?: unknown }).status;
    return { ...kept, metadata, ...(status === undefined ? {} : { status }) };
  },
};

/** Models registry/customresource's ScaleREST (1.36). */
export function customScale(paths: CustomResourceSubresourceScale): Subresource {
  const specPath = dottedPath(paths.specReplicasPath);
  const statusPath = dottedPath(paths.statusReplicasPath);
  const selectorPath = paths.labelSelectorPath ? dottedPath(paths.labelSelectorPath) : undefined;
  return {
    name: 'scale',
    replicasPath: specPath,
    body: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
    verbs: ['get', 'patch', 'update'],
    project(parent): Scale {
      const wanted = valueAt(json(parent), specPath);
      if (typeof wanted !== 'number') {
        throw StatusError.internal(`the spec replicas field "${paths.specReplicasPath}" does not exist`);
      }
      const there = valueAt(json(parent), statusPath);
      const selector = selectorPath && valueAt(json(parent), selectorPath);
      return {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: scaleMeta(parent.metadata),
        spec: { replicas: wanted },
        status: {
          replicas: typeof there === 'number' ? there : 0,
          ...(typeof selector === 'string' && selector !== '' ? { selector } : {}),
        },
      };
    },
    merge(stored, body) {
      const replicas = (body as Scale).spec?.replicas ?? 0;
      if (replicas < 0) {
        const error = fieldError.invalid('spec.replicas', replicas, 'must be greater than or equal to 0');
        throw StatusError.invalid({ group: 'autoscaling', kind: 'Scale' }, stored.metadata.name ?? '', [error]);
      }
      const { resourceVersion } = body.metadata;
      const metadata = resourceVersion === undefined ? stored.metadata : { ...stored.metadata, resourceVersion };
      return { ...(withValueAt(json(stored), specPath, replicas) as unknown as KubeObject), metadata };
    },
  };
}

/** A copy along the path; what is beside it is shared. */
function withValueAt(object: JsonObject, [name, ...rest]: readonly string[], value: Json): JsonObject {
  const copy = { ...object };
  const below = Object.hasOwn(object, name!) ? object[name!] : undefined;
  setField(copy, name!, rest.length === 0 ? value : withValueAt(isObject(below) ? below : {}, rest, value));
  return copy;
}

const INT32_MAX = 2 ** 31 - 1;

/** The numbers that `scale` shows must be such numbers. Models validateScaleSpec and validateScaleStatus (1.36). */
export function validateScale(object: KubeObject, paths: CustomResourceSubresourceScale): FieldError[] {
  const errors: FieldError[] = [];
  for (const path of [dottedPath(paths.specReplicasPath), dottedPath(paths.statusReplicasPath)]) {
    const value = valueAt(json(object), path);
    const field = path.join('.');
    if (value === undefined) continue;
    if (typeof value !== 'number' || !Number.isInteger(value)) {
      errors.push(fieldError.invalid(field, value, 'should be an integer'));
    } else if (value < 0) {
      errors.push(fieldError.invalid(field, value, 'should be a non-negative integer'));
    } else if (value > INT32_MAX) {
      errors.push(fieldError.invalid(field, value, `should be less than or equal to ${INT32_MAX}`));
    }
  }
  return errors;
}
