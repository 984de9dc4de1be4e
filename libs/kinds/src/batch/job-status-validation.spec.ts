import { describe, expect, it } from '@jest/globals';
import type { Job, JobSpec, JobStatus } from '../generated/types.js';
import { jobKind } from './job.kind.js';

const [T1, T2] = ['2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z'];

const aJob = (status: JobStatus, spec: Partial<JobSpec>): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'pi', namespace: 'default' },
  spec: { template: { spec: { containers: [] } }, ...spec },
  status,
});
const errorsOf = (now: JobStatus, before: JobStatus = {}, spec: Partial<JobSpec> = {}) =>
  jobKind.validateStatusUpdate!(aJob(now, spec), aJob(before, spec)).map(({ field, detail }) => `${field}: ${detail}`);

const conditions = (...types: string[]) => types.map((type) => ({ type, status: 'True' }));
const complete = { conditions: conditions('SuccessCriteriaMet', 'Complete'), startTime: T1, completionTime: T2 };
const failed = { conditions: conditions('FailureTarget', 'Failed'), startTime: T1 };
const indexed = { completionMode: 'Indexed', completions: 5, parallelism: 2 };
const perIndex = { ...indexed, backoffLimitPerIndex: 1 };

describe('a job status', () => {
  it.each([
    ['a start', { startTime: T1, active: 1 }, {}, {}],
    ['success', complete, { startTime: T1, active: 1 }, {}],
    ['failure', failed, { startTime: T1, active: 1 }, {}],
    ['indexes', { completedIndexes: '0,2-4', failedIndexes: '1' }, {}, perIndex],
    ['what was wrong before', { active: 1, ready: 2 }, { active: 1, ready: 2 }, {}],
    [
      'an end without a start of what had nothing to do',
      { ...complete, startTime: undefined },
      {},
      { suspend: true, completions: 0 },
    ],
    ['fewer successes of a job that shrinks', { succeeded: 1 }, { succeeded: 2 }, { ...indexed, parallelism: 5 }],
    ['no start of what was suspended', {}, { startTime: T1 }, { suspend: true }],
  ] as [string, JobStatus, JobStatus, Partial<JobSpec>][])('takes %s', (_what, now, before, spec) => {
    expect(errorsOf(now, before, spec)).toEqual([]);
  });

  it.each([
    [{ active: -1 }, {}, {}, 'active: Invalid value: -1: must be greater than or equal to 0'],
    [
      { uncountedTerminatedPods: { succeeded: ['a'], failed: ['a'] } },
      {},
      {},
      'uncountedTerminatedPods.failed[0]: Duplicate value: "a"',
    ],
    [
      { uncountedTerminatedPods: { succeeded: [''] } },
      {},
      {},
      'uncountedTerminatedPods.succeeded[0]: Invalid value: "": must not be empty',
    ],
    [
      { ...complete, conditions: [...complete.conditions, ...failed.conditions] },
      {},
      {},
      'conditions: Invalid value: cannot set Complete=True and Failed=true conditions',
    ],
    [
      { completionTime: T2 },
      {},
      {},
      `completionTime: Invalid value: "${T2}": cannot set completionTime when there is no Complete=True condition`,
    ],
    [
      { conditions: complete.conditions, startTime: T1 },
      {},
      {},
      'completionTime: Required value: completionTime is required for Complete jobs',
    ],
    [
      { ...complete, startTime: T2, completionTime: T1 },
      {},
      {},
      `completionTime: Invalid value: "${T1}": completionTime cannot be set before startTime`,
    ],
    [
      { ...failed, conditions: conditions('Failed') },
      {},
      {},
      'conditions: Invalid value: cannot set Failed=True condition without the FailureTarget=true condition',
    ],
    [
      { ...complete, conditions: conditions('Complete') },
      {},
      {},
      'conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
    ],
    [{ ...complete, active: 1 }, {}, {}, 'active: Invalid value: 1: active>0 is invalid for finished job'],
    [
      { ...complete, startTime: undefined },
      {},
      {},
      'startTime: Required value: startTime is required for finished job',
    ],
    [
      { ...failed, uncountedTerminatedPods: { failed: ['a'] } },
      {},
      {},
      'uncountedTerminatedPods: Invalid value: {"Succeeded":null,"Failed":["a"]}: uncountedTerminatedPods needs to be ' +
        'empty for finished job',
    ],
    [{ ...failed, terminating: 1 }, {}, {}, 'terminating: Invalid value: 1: terminating>0 is invalid for finished job'],
    [{ ready: 2, active: 1 }, {}, {}, 'ready: Invalid value: 2: cannot set more ready pods than active'],
    [
      { completedIndexes: '5' },
      {},
      indexed,
      'completedIndexes: Invalid value: "5": error parsing completedIndexes: too large index: "5"',
    ],
    [
      { completedIndexes: '0' },
      {},
      { completions: 1 },
      'completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when non-indexed completion mode',
    ],
    [
      { failedIndexes: '0' },
      {},
      indexed,
      'failedIndexes: Invalid value: "0": cannot set non-null failedIndexes when backoffLimitPerIndex is null',
    ],
    [
      { completedIndexes: '0,2-4', failedIndexes: '1,3' },
      {},
      perIndex,
      'failedIndexes: Invalid value: "1,3": failedIndexes and completedIndexes overlap at index: 3',
    ],
    [
      { conditions: conditions('SuccessCriteriaMet', 'FailureTarget') },
      {},
      {},
      'conditions: Invalid value: cannot set SuccessCriteriaMet=True and FailureTarget=true conditions',
    ],
    [{ startTime: T1 }, failed, {}, 'conditions: Invalid value: cannot disable the terminal Failed=True condition'],
    [
      {},
      { conditions: conditions('SuccessCriteriaMet') },
      {},
      'conditions: Invalid value: cannot disable the SuccessCriteriaMet=True condition',
    ],
    [{ failed: 1 }, { failed: 2 }, {}, 'failed: Invalid value: 1: cannot decrease the failed counter'],
    [{ succeeded: 1 }, { succeeded: 2 }, {}, 'succeeded: Invalid value: 1: cannot decrease the succeeded counter'],
    [
      { ...complete, completionTime: T1 },
      complete,
      {},
      `completionTime: Invalid value: "${T1}": completionTime cannot be mutated`,
    ],
    [{}, { startTime: T1 }, {}, 'startTime: Required value: startTime cannot be removed for unsuspended job'],
  ] as [JobStatus, JobStatus, Partial<JobSpec>, string][])('refuses %j after %j of %j', (now, before, spec, error) => {
    expect(errorsOf(now, before, spec)).toContain(`status.${error}`);
  });
});
