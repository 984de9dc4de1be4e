import type { AdmissionPlugin } from '../plugin.js';
import { isCore } from '../refusal.js';

const FINALIZERS: ReadonlyMap<string, string> = new Map([
  ['persistentvolumeclaims', 'kubernetes.io/pvc-protection'],
  ['persistentvolumes', 'kubernetes.io/pv-protection'],
]);

/**
 * Claims and volumes stay while they are used; the protection controllers let go. Models plugin
 * storage/storageobjectinuseprotection (1.36), without classes of volume attributes, which nobody here would let go.
 */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  handles: (request) =>
    request.operation === 'CREATE' && FINALIZERS.has(request.kind.resource) && isCore(request, request.kind.resource),
  mutate({ kind, object }) {
    const finalizer = FINALIZERS.get(kind.resource)!;
    const present = object!.metadata.finalizers ?? [];
    if (!present.includes(finalizer)) object!.metadata.finalizers = [...present, finalizer];
  },
};
