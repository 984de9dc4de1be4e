import type { CustomResourceDefinition } from '#kinds';
import type { SpecCluster } from './spec-cluster.js';

type Version = CustomResourceDefinition['spec']['versions'][number];

export const GROUP = 'stable.example.com';

/** The CronTab of the documentation, with what `version` adds to its one version. */
export function cronTabDefinition(
  version: Partial<Version> = {},
  more: Partial<CustomResourceDefinition['spec']> = {},
): CustomResourceDefinition {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `crontabs.${GROUP}` },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: { plural: 'crontabs', singular: 'crontab', kind: 'CronTab', listKind: 'CronTabList', shortNames: ['ct'] },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: CRON_TAB }, ...version }],
      ...more,
    },
  };
}

export const CRON_TAB: NonNullable<NonNullable<Version['schema']>['openAPIV3Schema']> = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['cronSpec'],
      properties: {
        cronSpec: { type: 'string', pattern: '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$' },
        image: { type: 'string', maxLength: 8, default: 'cron' },
        replicas: { type: 'integer', minimum: 1, maximum: 10 },
        policy: { type: 'string', enum: ['Allow', 'Forbid'] },
        tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        port: { 'x-kubernetes-int-or-string': true },
      },
    },
    status: { type: 'object', properties: { replicas: { type: 'integer' }, selector: { type: 'string' } } },
  },
};

/** What the definition controller does, without one: names accepted, established. */
export async function establish(cluster: SpecCluster, name = `crontabs.${GROUP}`): Promise<void> {
  const target = cluster.target('customresourcedefinitions', name, { group: 'apiextensions.k8s.io' });
  const found = (await cluster.verbs.get(cluster.ctx(), target)).object() as CustomResourceDefinition;
  const conditions = [{ type: 'Established', status: 'True', reason: 'InitialNamesAccepted' }];
  const status = { ...found.status, acceptedNames: found.spec.names, conditions };
  await cluster.verbs.update(cluster.ctx(), { ...target, subresource: 'status' }, { object: { ...found, status } }, {});
}

export async function define(cluster: SpecCluster, definition: CustomResourceDefinition): Promise<void> {
  await cluster.create('customresourcedefinitions', definition, 'apiextensions.k8s.io');
  await establish(cluster, definition.metadata.name);
}
