import type { ObjectMeta } from '#apimachinery';
import type { CheckPod, PodSpec, Violation } from './check.js';
import { checks } from './checks.js';
import type { LevelVersion } from './policy.js';

/** By 'level:version': which checks a pod must meet. Few levels and versions are in use. */
const known = new Map<string, readonly CheckPod[]>();

/** What is wrong with the pod by that policy, in upstream's order. */
export function violationsOf(policy: LevelVersion, metadata: ObjectMeta, spec: PodSpec): readonly Violation[] {
  if (policy.level === 'privileged') return [];
  const key = `${policy.level}:${policy.minor}`;
  let asked = known.get(key);
  if (!asked) known.set(key, (asked = checksOf(policy)));
  return asked.map((check) => check(spec, metadata)).filter((violation) => violation !== undefined);
}

/** Baseline first, without what a restricted check says more strictly. Models NewEvaluator (1.36). */
function checksOf({ level, minor }: LevelVersion): readonly CheckPod[] {
  const active = checks.flatMap((check) => {
    const version = check.versions.findLast(({ from }) => from <= minor);
    return version && (level === 'restricted' || check.level === 'baseline') ? [{ ...check, pod: version.check }] : [];
  });
  const overridden = new Set(active.map(({ overrides }) => overrides));
  return active.filter(({ id }) => !overridden.has(id)).map(({ pod }) => pod);
}

/** 'privileged (container "a" must not …), hostPort (…)'. */
export function detailsOf(violations: readonly Violation[]): string {
  return violations.map(({ reason, detail }) => `${reason} (${detail})`).join(', ');
}

export function reasonsOf(violations: readonly Violation[]): string {
  return violations.map(({ reason }) => reason).join(', ');
}
