import type { Job } from '../generated/types.js';

export const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid';
export const JOB_NAME = 'batch.kubernetes.io/job-name';
/** From before labels had prefixes. */
export const OLD_CONTROLLER_UID = 'controller-uid';
export const OLD_JOB_NAME = 'job-name';

/** A job selects its own pods by its uid, so that no two can overlap. Models generateSelector of pkg/registry/batch/job (1.36). */
export function generateSelector({ metadata, spec }: Job): void {
  if (spec.manualSelector || !spec.template) return;
  const { uid = '', name = '' } = metadata;
  const template = (spec.template.metadata ??= {});
  const labels = { ...template.labels };
  for (const [key, value] of [
    [JOB_NAME, name],
    [OLD_JOB_NAME, name],
    [CONTROLLER_UID, uid],
    [OLD_CONTROLLER_UID, uid],
  ] as const) {
    labels[key] ??= value;
  }
  template.labels = labels;
  spec.selector ??= {};
  const { matchLabels } = spec.selector;
  if (matchLabels?.[CONTROLLER_UID] === undefined) {
    spec.selector = { ...spec.selector, matchLabels: { ...matchLabels, [CONTROLLER_UID]: uid } };
  }
}
