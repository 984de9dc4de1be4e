import type { Container, LimitRange, Pod } from '#kinds';

const ANNOTATION = 'kubernetes.io/limit-ranger';

type List = Record<string, string>;

/** Gives containers what the range says and they do not, and notes it. Models mergePodResourceRequirements (1.36). */
export function applyContainerDefaults({ spec }: LimitRange, pod: Pod): void {
  const items = (spec?.limits ?? []).filter(({ type }) => type === 'Container');
  const requests: List = Object.assign({}, ...items.map((item) => item.defaultRequest));
  const limits: List = Object.assign({}, ...items.map((item) => item.default));
  const set = [
    ...(pod.spec.containers ?? []).flatMap((container) => fill(container, 'container', requests, limits)),
    ...(pod.spec.initContainers ?? []).flatMap((container) => fill(container, 'init container', requests, limits)),
  ];
  if (set.length === 0) return;
  pod.metadata.annotations = {
    ...pod.metadata.annotations,
    [ANNOTATION]: `LimitRanger plugin set: ${set.join('; ')}`,
  };
}

function fill(container: Container, what: string, requests: List, limits: List): string[] {
  const before = container.resources;
  const addedLimits = missing(before?.limits, limits);
  const addedRequests = missing(before?.requests, requests);
  const changed = { ...before };
  if (addedLimits.length > 0) changed.limits = { ...limits, ...before?.limits };
  if (addedRequests.length > 0) changed.requests = { ...requests, ...before?.requests };
  if (changed.limits !== before?.limits || changed.requests !== before?.requests) container.resources = changed;
  return [
    ...(addedRequests.length > 0 ? [`${addedRequests.join(', ')} request for ${what} ${container.name}`] : []),
    ...(addedLimits.length > 0 ? [`${addedLimits.join(', ')} limit for ${what} ${container.name}`] : []),
  ];
}

function missing(present: List | undefined, defaults: List): string[] {
  return Object.keys(defaults)
    .filter((name) => !Object.hasOwn(present ?? {}, name))
    .toSorted();
}
