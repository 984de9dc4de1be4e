import { dns1123Label } from '#apimachinery';
import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { tableOf } from '../generic-columns.js';
import type { Namespace } from '../generated/types.js';

/** Every namespace carries its own name as a label, so that selectors can name it. */
const NAME_LABEL = 'kubernetes.io/metadata.name';
/** In spec.finalizers: content goes before its namespace does. */
const KUBERNETES = 'kubernetes';

function applyNameLabel({ metadata }: Namespace): void {
  if (metadata.name) metadata.labels = { ...metadata.labels, [NAME_LABEL]: metadata.name };
}

/** Models pkg/registry/core/namespace (1.36). Deletion in two steps is the registry's. */
export const namespaceKind = defineKind<Namespace>({
  apiVersion: 'v1',
  resource: 'namespaces',
  table: tableOf<Namespace>([column('Status')], ({ status }) => [status?.phase ?? '']),
  applyDefaults: applyNameLabel,
  prepareForCreate(namespace) {
    // Only now a generated name is known.
    applyNameLabel(namespace);
    namespace.status = { phase: 'Active' };
    const finalizers = namespace.spec?.finalizers ?? [];
    if (!finalizers.includes(KUBERNETES))
      namespace.spec = { ...namespace.spec, finalizers: [...finalizers, KUBERNETES] };
  },
  prepareForUpdate(namespace, old) {
    namespace.spec = { ...namespace.spec, finalizers: old.spec?.finalizers ?? [] };
    namespace.status = old.status ?? {};
  },
  validateName: (name) => dns1123Label(name),
  selectableFields: ({ metadata, status }) => ({ name: metadata.name ?? '', 'status.phase': status?.phase ?? '' }),
  subresources: [
    {
      name: 'finalize',
      verbs: ['update'],
      merge(stored, body) {
        const { resourceVersion } = body.metadata;
        return {
          ...stored,
          metadata: resourceVersion === undefined ? stored.metadata : { ...stored.metadata, resourceVersion },
          spec: { ...stored.spec, finalizers: (body as Namespace).spec?.finalizers ?? [] },
        };
      },
    },
  ],
});
