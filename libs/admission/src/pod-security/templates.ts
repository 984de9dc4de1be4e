import { groupResourceName, type KubeObject, type ObjectMeta } from '#apimachinery';
import type { CronJob, Deployment, PodTemplate } from '#kinds';
import type { PodSpec } from './check.js';

export interface Template {
  readonly metadata?: ObjectMeta;
  readonly spec?: PodSpec;
}

type TemplateOf = (object: KubeObject) => Template | undefined;

const inSpec: TemplateOf = (object) => (object as Deployment).spec?.template as Template | undefined;

/** Where pods come from. Models DefaultPodSpecExtractor (1.36). */
const TEMPLATES: ReadonlyMap<string, TemplateOf> = new Map([
  ['deployments.apps', inSpec],
  ['daemonsets.apps', inSpec],
  ['replicasets.apps', inSpec],
  ['statefulsets.apps', inSpec],
  ['jobs.batch', inSpec],
  ['replicationcontrollers', inSpec],
  ['cronjobs.batch', (object) => (object as CronJob).spec?.jobTemplate?.spec?.template as Template | undefined],
  ['podtemplates', (object) => (object as PodTemplate).template as Template | undefined],
]);

export function templateOf({ group, resource }: { group: string; resource: string }): TemplateOf | undefined {
  return TEMPLATES.get(groupResourceName(group, resource));
}
