import { describe, expect, it } from '@jest/globals';
import { Random, systemClock } from '#base';
import type { FieldError } from '#apimachinery';
import type { CronJob, Job, JobSpec } from '../generated/types.js';
import { cronJobKind } from './cron-job.kind.js';
import { scheduleError } from './cron-schedule.js';
import { jobKind } from './job.kind.js';

const env = { clock: systemClock, random: new Random('batch') };
const shown = (errors: readonly FieldError[]) => errors.map(({ field, detail }) => `${field}: ${detail}`);
const template = { spec: { containers: [{ name: 'c', image: 'a' }], restartPolicy: 'Never' } };

function aJob(spec: Partial<JobSpec> = {}): Job {
  const job: Job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'pi', namespace: 'default', uid: 'u' },
    spec: { template, ...structuredClone(spec) },
  };
  job.spec.template = structuredClone(job.spec.template);
  jobKind.applyDefaults!(job);
  jobKind.prepareForCreate!(job, env);
  return job;
}

describe('jobs', () => {
  it('select their own pods', () => {
    const job = aJob();
    expect(job.spec.selector).toEqual({ matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } });
    expect(job.spec.template.metadata?.labels).toEqual({
      'batch.kubernetes.io/controller-uid': 'u',
      'batch.kubernetes.io/job-name': 'pi',
      'controller-uid': 'u',
      'job-name': 'pi',
    });
    expect(shown(jobKind.validate!(job))).toEqual([]);
  });

  const exit = { operator: 'In', values: [1] };
  it.each([
    [
      { template: { spec: { ...template.spec, restartPolicy: 'Always' } } },
      'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
    [{ parallelism: -1 }, 'spec.parallelism: Invalid value: -1: must be greater than or equal to 0'],
    [
      { completionMode: 'Indexed', parallelism: 2 },
      'spec.completions: Required value: when completion mode is Indexed',
    ],
    [{ backoffLimitPerIndex: 1 }, 'spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode'],
    [{ maxFailedIndexes: 1 }, 'spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified'],
    [
      { podFailurePolicy: { rules: [{ action: 'Stop', onExitCodes: exit }] } },
      'spec.podFailurePolicy.rules[0].action: Unsupported value: "Stop": supported values: "Count", "FailIndex", "FailJob", "Ignore"',
    ],
    [
      { podFailurePolicy: { rules: [{ action: 'Ignore' }] } },
      'spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required',
    ],
    [
      { podFailurePolicy: { rules: [{ action: 'Ignore', onExitCodes: { operator: 'In', values: [2, 0] } }] } },
      'spec.podFailurePolicy.rules[0].onExitCodes.values[1]: Invalid value: 0: must not be 0 for the In operator',
    ],
    [
      { completionMode: 'Indexed', completions: 3, successPolicy: { rules: [{ succeededIndexes: '0,5' }] } },
      'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "0,5": error parsing succeededIndexes: too large index: "5"',
    ],
  ] as [Partial<JobSpec>, string][])('refuses %j', (spec, error) => {
    expect(shown(jobKind.validate!(aJob(spec)))).toContain(error);
  });

  it('keep what they are', () => {
    const change = (now: Partial<JobSpec>, before: Partial<JobSpec>) =>
      shown(jobKind.validateUpdate!(aJob(now), aJob(before)));
    expect(change({ parallelism: 2, completions: 1 }, { completions: 1 })).toEqual([]);
    expect(change({ completions: 2 }, { completions: 1 })).toEqual([
      'spec.completions: Invalid value: 2: field is immutable',
    ]);
    const indexed = (count: number, parallelism: number): Partial<JobSpec> => ({
      completionMode: 'Indexed',
      completions: count,
      parallelism,
    });
    expect(change(indexed(3, 3), indexed(2, 2))).toEqual([]);
    expect(change(indexed(3, 2), indexed(2, 2))).toEqual([
      'spec.completions: Invalid value: 3: can only be modified in tandem with spec.parallelism',
    ]);
    const placed = { template: { spec: { ...template.spec, nodeSelector: { a: 'b' } } } };
    expect(change({ ...placed, suspend: true }, { suspend: true })).toEqual([]);
    expect(change(placed, {})).toEqual([
      expect.stringMatching(/^spec\.template: Invalid value: \{.*"Spec":\{"Volumes":null,.*: field is immutable$/),
    ]);
  });
});

describe('schedules', () => {
  it.each([
    ['*/5 * * * *', undefined],
    ['0 22 * * 1-5', undefined],
    ['0 0 1,15 jan-mar SUN', undefined],
    ['@daily', undefined],
    ['@every 1h30m', undefined],
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['a * * * *', 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
    ['@sometimes', 'unrecognized descriptor: @sometimes'],
  ])('%s', (schedule, error) => {
    expect(scheduleError(schedule)).toBe(error);
  });

  const aCronJob = (spec: Partial<CronJob['spec']>): CronJob => {
    const job = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'a' },
      spec: { schedule: '* * * * *', jobTemplate: { spec: { template: structuredClone(template) } }, ...spec },
    } as CronJob;
    cronJobKind.applyDefaults!(job);
    return job;
  };
  const cron = (spec: Partial<CronJob['spec']>) => {
    const job = aCronJob(spec);
    return shown([...cronJobKind.validate!(job), ...cronJobKind.validateCreate!(job)]);
  };
  it.each([
    [{}, []],
    [{ timeZone: 'Europe/Berlin' }, []],
    [{ timeZone: 'Mars/Base' }, ['spec.timeZone: Invalid value: "Mars/Base": unknown time zone Mars/Base']],
    [
      { concurrencyPolicy: 'Maybe' },
      ['spec.concurrencyPolicy: Unsupported value: "Maybe": supported values: "Allow", "Forbid", "Replace"'],
    ],
    [
      { schedule: 'TZ=UTC 0 0 * * *' },
      [
        'spec.schedule: Invalid value: "TZ=UTC 0 0 * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
      ],
    ],
  ] as [Partial<CronJob['spec']>, string[]][])('of %j', (spec, errors) => {
    expect(cron(spec)).toEqual(errors);
  });

  const zoned = { schedule: 'TZ=UTC 0 0 * * *' };
  it.each([
    ['a zone in the schedule that was there', zoned, zoned, []],
    [
      'a zone twice',
      { ...zoned, timeZone: 'UTC' },
      zoned,
      [
        'spec.schedule: Invalid value: "TZ=UTC 0 0 * * *": cannot use both timeZone field and TZ or CRON_TZ in schedule',
      ],
    ],
    [
      'a zone in the schedule that is new',
      zoned,
      {},
      [
        'spec.schedule: Invalid value: "TZ=UTC 0 0 * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
      ],
    ],
    ['a wrong zone that was there', { timeZone: 'Mars/Base' }, { timeZone: 'Mars/Base' }, []],
  ] as [string, Partial<CronJob['spec']>, Partial<CronJob['spec']>, string[]][])(
    'judges %s',
    (_what, now, before, errors) => {
      expect(shown(cronJobKind.validateUpdate!(aCronJob(now), aCronJob(before)))).toEqual(errors);
    },
  );

  it('warns of names that pods cannot have, once', () => {
    const job = aCronJob({});
    job.metadata.name = 'a.b';
    expect(cronJobKind.warnings!(job, undefined)).toEqual([
      'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is ' +
        'recommended: [must not contain dots]',
    ]);
    expect(cronJobKind.warnings!(job, job)).toEqual([]);
  });

  it('warns of jobs that are too large', () => {
    const job = aJob({ completionMode: 'Indexed', completions: 100_001, parallelism: 10_001 });
    expect(jobKind.warnings!(job, undefined)).toEqual([
      expect.stringMatching(/^spec: In Indexed Jobs with a number of/),
    ]);
  });
});
