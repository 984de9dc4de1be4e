import { rfc3339 } from '#apimachinery';
import type { ContainerState as ApiState, ContainerStatus, Pod, PodCondition, PodStatus } from '#kinds';
import { type Claim, claimsOf } from './conditions.js';
import type { ContainerState } from './container.js';
import { type Phase, phaseOf } from './phase.js';
import { qosClassOf } from './qos.js';

/** What the node knows of a pod beyond its containers. */
export interface PodFacts {
  readonly containers: readonly ContainerState[];
  readonly startedAtMs: number;
  readonly hostIP: string;
  readonly podIP: string | undefined;
  /** Its network and pause container are there. */
  readonly hasSandbox: boolean;
  /** Nothing will be started any more. */
  readonly over: boolean;
  /** A verdict on the whole pod ('DeadlineExceeded'). */
  readonly failure?: { readonly reason: string; readonly message: string };
}

function apiStateOf(container: ContainerState): ApiState {
  if (container.state === 'running') return { running: { startedAt: rfc3339(container.startedAtMs) } };
  if (container.state === 'terminated') return { terminated: container.terminated! };
  return { waiting: container.waiting };
}

function containerStatusOf(container: ContainerState): ContainerStatus {
  const { spec, id, last } = container;
  const status: ContainerStatus = {
    name: spec.name,
    image: container.image,
    imageID: container.imageId,
    ready: container.ready,
    started: container.started,
    restartCount: container.restarts,
    state: apiStateOf(container),
    lastState: last ? { terminated: last } : {},
  };
  if (id !== '') status.containerID = id;
  if (container.state === 'running') {
    status.resources = spec.resources ?? {};
    if (spec.resources?.requests) status.allocatedResources = spec.resources.requests;
    const uid = spec.securityContext?.runAsUser ?? 0;
    const gid = spec.securityContext?.runAsGroup ?? 0;
    status.user = { linux: { uid, gid, supplementalGroups: [gid] } };
  }
  if (spec.volumeMounts && spec.volumeMounts.length > 0) {
    status.volumeMounts = spec.volumeMounts.map(({ name, mountPath, readOnly }) => ({
      name,
      mountPath,
      ...(readOnly ? { readOnly, recursiveReadOnly: 'Disabled' } : {}),
    }));
  }
  return status;
}

function conditionOf(
  claim: Claim,
  old: PodCondition | undefined,
  generation: number | undefined,
  now: string,
): PodCondition {
  const same = old?.status === claim.status;
  return {
    ...claim,
    lastTransitionTime: (same && old.lastTransitionTime) || now,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  };
}

/** The status that the kubelet wants the API to show now; what it does not own is left as it is. Models generateAPIPodStatus (1.36). */
export function podStatusOf(pod: Pod, facts: PodFacts, nowMs: number): PodStatus {
  const { containers, hostIP, podIP } = facts;
  const old = pod.status ?? {};
  const computed: Phase = facts.failure ? 'Failed' : phaseOf(pod, containers, facts.over);
  // There is no way back from the end.
  const phase = old.phase === 'Succeeded' || old.phase === 'Failed' ? (old.phase as Phase) : computed;
  const { generation } = pod.metadata;
  const now = rfc3339(nowMs);
  const claims = claimsOf(pod, containers, phase, facts.hasSandbox);
  const foreign = (old.conditions ?? []).filter(({ type }) => !claims.some((claim) => claim.type === type));
  const status: PodStatus = {
    phase,
    conditions: [
      ...foreign,
      ...claims.map((claim) =>
        conditionOf(
          claim,
          old.conditions?.find(({ type }) => type === claim.type),
          generation,
          now,
        ),
      ),
    ],
    startTime: old.startTime ?? rfc3339(facts.startedAtMs),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    qosClass: old.qosClass ?? qosClassOf(pod),
    containerStatuses: containers
      .filter(({ role }) => role === 'main')
      .map(containerStatusOf)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
  if (generation !== undefined) status.observedGeneration = generation;
  if (podIP !== undefined) Object.assign(status, { podIP, podIPs: [{ ip: podIP }] });
  const init = containers.filter(({ role }) => role !== 'main');
  if (init.length > 0) status.initContainerStatuses = init.map(containerStatusOf);
  if (facts.failure) Object.assign(status, facts.failure);
  return status;
}
