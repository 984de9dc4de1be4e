import { templateWarnings } from '../core/pod/pod-warnings.js';
import type { JobSpec } from '../generated/types.js';

/** Beyond both, the list of failed indexes may outgrow its field. */
const COMPLETIONS_SOFT_MAX = 100_000;
const PARALLELISM_SOFT_MAX = 10_000;

/** Of a Job, or of what a CronJob makes. Models pkg/api/job/warnings.go (1.36). */
export function jobSpecWarnings(at: string, spec: JobSpec | undefined): string[] {
  const { completionMode, completions = 0, parallelism = 0 } = spec ?? ({} as JobSpec);
  const isHuge = completions > COMPLETIONS_SOFT_MAX && parallelism > PARALLELISM_SOFT_MAX;
  const why =
    'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might ' +
    'not be able to track completedIndexes when a big number of indexes fail';
  return [
    ...(completionMode === 'Indexed' && isHuge ? [`${at}: ${why}`] : []),
    ...templateWarnings(`${at}.template`, spec?.template),
  ];
}
