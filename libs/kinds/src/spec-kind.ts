import type { FieldError, KubeObject } from '#apimachinery';
import type { Kind } from './kind.js';

/** For specs: errors as users read them. */
export const shown = (errors: readonly FieldError[]) => errors.map(({ field, detail }) => `${field}: ${detail}`);

/** An object of a kind with its defaults, named 'a' in 'default' unless `rest` says otherwise. */
export function made(kind: Kind, rest: object): KubeObject {
  const metadata = { name: 'a', namespace: 'default' };
  const object = { apiVersion: kind.version, kind: kind.kind, metadata, ...structuredClone(rest) } as KubeObject;
  kind.applyDefaults?.(object);
  return object;
}

export function errorsOfNew(kind: Kind, rest: object): string[] {
  const object = made(kind, rest);
  return shown([...(kind.validate?.(object) ?? []), ...(kind.validateCreate?.(object) ?? [])]);
}

export function errorsOfChange(kind: Kind, rest: object, old: object): string[] {
  const [object, before] = [made(kind, rest), made(kind, old)];
  return shown([...(kind.validate?.(object) ?? []), ...(kind.validateUpdate?.(object, before) ?? [])]);
}
