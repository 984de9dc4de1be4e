import { isReason } from '#apimachinery';
import { API_SERVER, type ControllerContext, type ControllerDefinition, defineController } from '#controller-runtime';
import { type ConfigMap, configMapKind, namespaceKind } from '#kinds';
import { unlessGone } from './failures.js';

interface Published {
  /** Of the controller. */
  readonly name: string;
  readonly key: { readonly namespace: string; readonly name: string };
  /** What is missing in, or wrong with, the data that are there; undefined: nothing. */
  missing(data: Readonly<Record<string, string>>, context: ControllerContext): Record<string, string> | undefined;
}

interface PublishedDeps {
  missing(data: Readonly<Record<string, string>>): Record<string, string> | undefined;
  /** Live: the cache keeps no data. */
  published(): Promise<ConfigMap | undefined>;
  create(configMap: ConfigMap): Promise<unknown>;
  update(configMap: ConfigMap): Promise<unknown>;
}

/** A ConfigMap that kube-apiserver publishes itself: it comes with its namespace, and again when somebody takes it away. */
export function apiServerConfigMap({ name, key, missing }: Published): ControllerDefinition {
  return defineController<PublishedDeps>({
    name,
    identity: API_SERVER,
    watches: [
      {
        resource: namespaceKind,
        metadataOnly: true,
        keysOf: ({ metadata }, _context, _old, change) =>
          change === 'added' && metadata.name === key.namespace ? [key] : [],
      },
      {
        resource: configMapKind,
        metadataOnly: true,
        keysOf: ({ metadata }, _context, _old, change) =>
          change !== 'added' && metadata.namespace === key.namespace && metadata.name === key.name ? [key] : [],
      },
    ],
    deps: (context) => ({
      missing: (data) => missing(data, context),
      published: () => unlessGone(context.observer.get<ConfigMap>(configMapKind, key.namespace, key.name)),
      create: (configMap) => context.api.create(configMapKind, configMap),
      update: (configMap) => context.api.update(configMapKind, configMap),
    }),
    async reconcile(deps) {
      const there = await deps.published();
      const missed = deps.missing(there?.data ?? {});
      if (!missed) return;
      const data = { ...there?.data, ...missed };
      if (there) return void (await deps.update({ ...there, data }));
      try {
        await deps.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...key }, data });
      } catch (error) {
        if (!isReason(error, 'AlreadyExists')) throw error;
      }
    },
  });
}
