import type { Pod, PodSpec } from '../../generated/types.js';
import { shown } from '../../spec-kind.js';
import { podKind } from './pod.kind.js';

/** What specs of pods share. */
export const CONTAINER = { name: 'c', image: 'nginx' };

/** With its defaults; one container unless `spec` says otherwise. */
export function aPod(spec: Partial<PodSpec> = {}, more: Partial<Pod> = {}): Pod {
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    ...more,
    metadata: { name: 'web', namespace: 'default', ...more.metadata },
    spec: { containers: [CONTAINER], ...structuredClone(spec) },
  };
  podKind.applyDefaults!(pod);
  return pod;
}

export const errorsOfSpec = (spec: Partial<PodSpec>) => shown(podKind.validate!(aPod(spec)));
