import { deepEqual, isReason } from '#apimachinery';
import { API_SERVER, defineController, type ObjectKey } from '#controller-runtime';
import {
  type APIService,
  apiServiceKind,
  AUTOMANAGED,
  type CustomResourceDefinition,
  customResourceDefinitionKind,
  definitionApiService,
  isBuiltInApiService,
} from '#kinds';

export interface CrdRegistrationDeps {
  apiService(name: string): APIService | undefined;
  /** Whether a definition has the version among those it serves. */
  isServed(group: string, version: string): boolean;
  create(apiService: APIService): Promise<void>;
  update(apiService: APIService): Promise<void>;
  remove(apiService: APIService): Promise<void>;
}

/**
 * Keeps one APIService for each version that CRDs bring. Models the crd-autoregister controller of
 * pkg/controlplane/controller/crdregistration and kube-aggregator's autoregister controller (1.36), as one. Those of
 * built-in versions are the template's: made once and then left alone, as upstream does at its start.
 */
export const crdRegistrationController = defineController<CrdRegistrationDeps>({
  name: 'crd-autoregister',
  identity: API_SERVER,
  reconciles: apiServiceKind,
  watches: [
    {
      resource: customResourceDefinitionKind,
      keysOf: (object, _context, old) => [
        ...keysOf(object as CustomResourceDefinition),
        ...(old ? keysOf(old as CustomResourceDefinition) : []),
      ],
    },
  ],
  deps: ({ api, informers }) => {
    const apiServices = informers.of<APIService>(apiServiceKind);
    const definitions = informers.of<CustomResourceDefinition>(customResourceDefinitionKind);
    return {
      apiService: (name) => apiServices.get('', name),
      isServed: (group, version) =>
        definitions
          .list()
          .some(({ spec }) => spec.group === group && spec.versions.some((one) => one.served && one.name === version)),
      create: async (apiService) => void (await api.create(apiServiceKind, apiService)),
      update: async (apiService) => void (await api.update(apiServiceKind, apiService)),
      remove: ({ metadata: { name, uid } }) => api.delete(apiServiceKind, '', name!, { preconditions: { uid: uid! } }),
    };
  },
  reconcile,
});

function keysOf({ spec }: CustomResourceDefinition): ObjectKey[] {
  return spec.versions.map(({ name }) => ({ namespace: '', name: `${name}.${spec.group}` }));
}

export async function reconcile(deps: CrdRegistrationDeps, { name }: ObjectKey): Promise<void> {
  if (isBuiltInApiService(name)) return;
  // A version is a DNS label, so the first dot ends it.
  const dot = name.indexOf('.');
  const [version, group] = [name.slice(0, dot), name.slice(dot + 1)];
  const there = deps.apiService(name);
  try {
    if (!deps.isServed(group, version)) {
      if (there && isManaged(there)) await deps.remove(there);
      return;
    }
    const wanted = definitionApiService(group, version);
    if (!there) await deps.create(wanted);
    // Somebody's own, under the name: it stays as it is.
    else if (isManaged(there) && !deepEqual(there.spec, wanted.spec))
      await deps.update({ ...there, spec: wanted.spec });
  } catch (error) {
    // Another was faster: its change is a key of its own.
    if (!isReason(error, 'AlreadyExists') && !isReason(error, 'NotFound') && !isReason(error, 'Conflict')) throw error;
  }
}

function isManaged({ metadata }: APIService): boolean {
  return metadata.labels?.[AUTOMANAGED] === 'true';
}
