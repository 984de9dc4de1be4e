import type { KubeObject } from '#apimachinery';

/**
 * v1beta1 of resource.k8s.io writes flat what v1 nests, and the other way round:
 *
 *   v1beta1  requests: [{ name, deviceClassName, count, … }]     devices: [{ name, basic: { attributes, … } }]
 *   v1       requests: [{ name, exactly: { deviceClassName, … } }]   devices: [{ name, attributes, … }]
 *
 * Models pkg/apis/resource/v1beta1/conversion.go (1.36).
 */
type Plain = { [key: string]: unknown };

const STAYS_IN_REQUEST = ['name', 'firstAvailable'];

function split(one: Plain, stays: readonly string[]): { kept: Plain; moved: Plain } {
  const entries = Object.entries(one);
  return {
    kept: Object.fromEntries(entries.filter(([key]) => stays.includes(key))),
    moved: Object.fromEntries(entries.filter(([key]) => !stays.includes(key))),
  };
}

function nest(one: Plain, stays: readonly string[], name: string): Plain {
  const { kept, moved } = split(one, stays);
  return Object.keys(moved).length === 0 ? kept : { ...kept, [name]: moved };
}

function flatten(one: Plain, name: string): Plain {
  const { [name]: nested, ...rest } = one;
  return { ...rest, ...(nested as Plain | undefined) };
}

export const nestRequest = (request: Plain): Plain => nest(request, STAYS_IN_REQUEST, 'exactly');
export const flattenRequest = (request: Plain): Plain => flatten(request, 'exactly');
export const nestDevice = (device: Plain): Plain => nest(device, ['name'], 'basic');
export const flattenDevice = (device: Plain): Plain => flatten(device, 'basic');

/** `change` for every item of the list at `path`; everything on the way is copied, nothing else. */
function mapAt(object: Plain, path: readonly string[], change: (item: Plain) => Plain): Plain {
  const [name, ...rest] = path as [string, ...string[]];
  const value = object[name];
  if (value === undefined) return object;
  const changed = rest.length === 0 ? (value as Plain[]).map(change) : mapAt(value as Plain, rest, change);
  return { ...object, [name]: changed };
}

/** A conversion of one list of an object to another version of resource.k8s.io. */
export function convertList<From extends KubeObject, To extends KubeObject>(
  version: string,
  path: readonly string[],
  change: (item: Plain) => Plain,
): (object: From) => To {
  return (object) =>
    ({
      ...mapAt(object as unknown as Plain, path, change),
      apiVersion: `resource.k8s.io/${version}`,
    }) as unknown as To;
}
