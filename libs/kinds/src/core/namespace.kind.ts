import { dns1123Label, type FieldError, fieldError, qualifiedName } from '#apimachinery';
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

const STANDARD_FINALIZERS = [KUBERNETES, 'foregroundDeletion', 'orphan'];

/** Models validateFinalizerName (1.36). */
function finalizerErrors(names: readonly string[]): FieldError[] {
  return names.flatMap((name) => {
    const wrong = qualifiedName(name);
    if (!name.includes('/') && !STANDARD_FINALIZERS.includes(name)) {
      wrong.push('name is neither a standard finalizer name nor is it fully qualified');
    }
    return wrong.map((why) => fieldError.invalid('spec.finalizers', name, why));
  });
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
  validate: ({ spec }) => finalizerErrors(spec?.finalizers ?? []),
  validateStatusUpdate({ metadata, status }) {
    const [wanted, isEmpty] = metadata.deletionTimestamp ? ['Terminating', 'is not'] : ['Active', 'is'];
    if (status?.phase === wanted) return [];
    const why = `may only be '${wanted}' if \`deletionTimestamp\` ${isEmpty} empty`;
    return [fieldError.invalid('status.Phase', status?.phase ?? '', why)];
  },
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
