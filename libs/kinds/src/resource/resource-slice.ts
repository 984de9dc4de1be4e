import type { KubeObject } from '#apimachinery';
import type { KindSource } from '../define-kind.js';
import type { Device, ResourceSlice } from '../generated/types.js';
import type { KindEnv } from '../kind.js';
import { stampTaint } from './device-taint-rules.js';
import { sliceErrors } from './slice-rules.js';
import { sliceTable } from './slice-table.js';

interface Shape<T> {
  /** Rules and errors are of the shape of v1. */
  v1Of(slice: T): ResourceSlice;
  devicesOf(slice: T): readonly Pick<Device, 'taints' | 'nodeAllocatableResourceMappings'>[];
}

interface AnySlice extends KubeObject {
  spec: { driver?: string; nodeName?: string };
}

/** Of every version. Models pkg/registry/resource/resourceslice and its defaults (1.36). */
export function resourceSliceRules<T extends AnySlice>({
  v1Of,
  devicesOf,
}: Shape<T>): Omit<KindSource<T>, 'apiVersion'> {
  const stamp = (slice: T, env: KindEnv): void => {
    for (const { taints = [] } of devicesOf(slice)) for (const taint of taints) stampTaint(taint, env);
  };
  return {
    resource: 'resourceslices',
    generation: true,
    table: sliceTable,
    applyDefaults(slice) {
      for (const { nodeAllocatableResourceMappings: shares = {} } of devicesOf(slice)) {
        for (const share of Object.values(shares)) share.allocationMultiplier ??= '1';
      }
    },
    prepareForCreate: stamp,
    prepareForUpdate: (slice, _old, env) => stamp(slice, env),
    validateCreate: (slice) => sliceErrors(v1Of(slice).spec),
    validateUpdate: (slice, old) => sliceErrors(v1Of(slice).spec, v1Of(old).spec ?? {}),
    warnings({ spec: { driver = '' } = {} }) {
      if (driver === driver.toLowerCase()) return [];
      const named = JSON.stringify(driver);
      return [`spec.driver: driver names should be lowercase; ${named} contains uppercase characters`];
    },
    selectableFields: ({ spec }) => ({ 'spec.nodeName': spec?.nodeName ?? '', 'spec.driver': spec?.driver ?? '' }),
  };
}
