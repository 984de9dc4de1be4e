import { findCondition, isConditionTrue, timeOf } from '#apimachinery';
import { ageColumn, ageOf, column, nameColumn, since, wide } from '../../columns.js';
import type { ContainerState, ContainerStatus, Pod } from '../../generated/types.js';
import type { Cell } from '../../kind.js';

export const podColumns = [
  nameColumn,
  column('Ready'),
  column('Status'),
  column('Restarts'),
  ageColumn,
  wide('IP'),
  wide('Node'),
  wide('Nominated Node'),
  wide('Readiness Gates'),
];

interface Summary {
  reason: string;
  ready: number;
  total: number;
  restarts: number;
  lastRestart: string | undefined;
}

/** One line of `kubectl get pods`. Models printPod of pkg/printers/internalversion (1.36). */
export function podRow(pod: Pod, nowMs: number): Cell[] {
  const { reason, ready, total, restarts, lastRestart } = summaryOf(pod);
  const ago = restarts > 0 && lastRestart ? ` (${since(lastRestart, nowMs)} ago)` : '';
  return [
    pod.metadata.name ?? '',
    `${ready}/${total}`,
    reason,
    `${restarts}${ago}`,
    ageOf(pod, nowMs),
    pod.status?.podIPs?.[0]?.ip || pod.status?.podIP || '<none>',
    pod.spec.nodeName || '<none>',
    pod.status?.nominatedNodeName || '<none>',
    gatesOf(pod),
  ];
}

function gatesOf({ spec, status }: Pod): string {
  const gates = spec.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const open = gates.filter(({ conditionType }) => isConditionTrue(status?.conditions, conditionType));
  return `${open.length}/${gates.length}`;
}

function summaryOf(pod: Pod): Summary {
  const { spec, status, metadata } = pod;
  const summary: Summary = {
    reason: status?.reason || status?.phase || '',
    ready: 0,
    total: spec.containers?.length ?? 0,
    restarts: 0,
    lastRestart: undefined,
  };
  if (findCondition(status?.conditions, 'PodScheduled')?.reason === 'SchedulingGated')
    summary.reason = 'SchedulingGated';
  const sidecars = sidecarNames(pod);
  summary.total += sidecars.size;

  const ofSidecars = { restarts: 0, lastRestart: undefined as string | undefined };
  const isInitializing = countInit(pod, sidecars, summary, ofSidecars);
  if (!isInitializing || isConditionTrue(status?.conditions, 'Initialized')) {
    summary.restarts = ofSidecars.restarts;
    summary.lastRestart = ofSidecars.lastRestart;
    countContainers(pod, summary);
  }

  if (metadata.deletionTimestamp && status?.reason === 'NodeLost') summary.reason = 'Unknown';
  else if (metadata.deletionTimestamp && status?.phase !== 'Succeeded' && status?.phase !== 'Failed') {
    summary.reason = 'Terminating';
  }
  return summary;
}

/** Init containers that stay: they count among the ready ones. */
function sidecarNames({ spec }: Pod): Set<string> {
  const stay = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return new Set(stay.map(({ name }) => name));
}

function addRestarts(to: { restarts: number; lastRestart: string | undefined }, container: ContainerStatus): void {
  to.restarts += container.restartCount;
  const finished = container.lastState?.terminated?.finishedAt;
  if (finished && (timeOf(finished) ?? 0) > (to.lastRestart ? (timeOf(to.lastRestart) ?? 0) : 0))
    to.lastRestart = finished;
}

/** Goes through init containers up to the first that is not done; says whether there is one. */
function countInit(
  { spec, status }: Pod,
  sidecars: ReadonlySet<string>,
  summary: Summary,
  ofSidecars: { restarts: number; lastRestart: string | undefined },
): boolean {
  for (const [index, container] of (status?.initContainerStatuses ?? []).entries()) {
    addRestarts(summary, container);
    const isSidecar = sidecars.has(container.name);
    if (isSidecar) addRestarts(ofSidecars, container);
    const { terminated, waiting } = container.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (isSidecar && container.started) {
      if (container.ready) summary.ready++;
      continue;
    }
    if (terminated) summary.reason = `Init:${terminated.reason || exitText(terminated)}`;
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') summary.reason = `Init:${waiting.reason}`;
    else summary.reason = `Init:${index}/${spec.initContainers?.length ?? 0}`;
    return true;
  }
  return false;
}

function exitText(terminated: NonNullable<ContainerState['terminated']>): string {
  return terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`;
}

/** The first container's word wins, so from the last to the first. */
function countContainers({ status }: Pod, summary: Summary): void {
  let hasRunning = false;
  for (const container of (status?.containerStatuses ?? []).toReversed()) {
    addRestarts(summary, container);
    const { waiting, terminated, running } = container.state ?? {};
    if (waiting?.reason) summary.reason = waiting.reason;
    else if (terminated) summary.reason = terminated.reason || exitText(terminated);
    else if (container.ready && running) {
      hasRunning = true;
      summary.ready++;
    }
  }
  if (summary.reason === 'Completed' && hasRunning) {
    summary.reason = isConditionTrue(status?.conditions, 'Ready') ? 'Running' : 'NotReady';
  }
}
