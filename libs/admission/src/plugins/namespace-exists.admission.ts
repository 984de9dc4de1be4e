import { StatusError } from '#apimachinery';
import { namespaceKind } from '#kinds';
import type { AdmissionPlugin } from '../plugin.js';

/** Nothing happens in a namespace that is not there, not even a deletion. Models plugin namespace/exists (1.36). */
export const namespaceExists: AdmissionPlugin = {
  name: 'NamespaceExists',
  defaultOff: true,
  handles: ({ kind, operation, namespace }) => kind.namespaced && namespace !== '' && operation !== 'CONNECT',
  async validate({ namespace }, reads) {
    if (await reads.get(namespaceKind, '', namespace)) return;
    throw StatusError.notFound({ group: '', resource: 'namespaces' }, namespace);
  },
};
