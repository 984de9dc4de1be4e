import { parseImageRef } from '../images/image-ref.js';
import { imageModelOf } from '../images/images.js';
import type { ContainerState } from './container.js';
import { ProbeTrack } from './probe-track.js';
import type { ProbeTarget } from './probe-check.js';

type ProbeKind = 'Startup' | 'Readiness' | 'Liveness';

export interface ProbeReport {
  readonly kind: ProbeKind;
  readonly failure: string;
}

/** The probes of one process, from its start to its end. Models the kubelet's prober manager (1.36). */
export class ContainerProbes {
  private startup: ProbeTrack | undefined;
  private readiness: ProbeTrack | undefined;
  private liveness: ProbeTrack | undefined;

  constructor(
    private readonly container: ContainerState,
    private readonly target: ProbeTarget,
    nowMs: number,
  ) {
    const { startupProbe } = container.spec;
    if (startupProbe) this.startup = new ProbeTrack(startupProbe, target, container.startedAtMs, nowMs, false);
    if (container.started || !startupProbe) this.begin(nowMs);
  }

  /** Past the startup probe: the others take over. */
  private begin(nowMs: number): void {
    this.startup = undefined;
    const { container, target } = this;
    container.started = true;
    const { readinessProbe, livenessProbe } = container.spec;
    if (readinessProbe) {
      this.readiness = new ProbeTrack(readinessProbe, target, container.startedAtMs, nowMs, container.ready);
    } else container.ready = true;
    if (livenessProbe) this.liveness = new ProbeTrack(livenessProbe, target, container.startedAtMs, nowMs, true);
  }

  /** Brings `started` and `ready` up to date. `unhealthy`: which probe wants the container restarted. */
  advance(nowMs: number): { reports: ProbeReport[]; unhealthy: 'startup' | 'liveness' | undefined } {
    const reports: ProbeReport[] = [];
    const run = (kind: ProbeKind, track: ProbeTrack | undefined) => {
      for (const failure of track?.advance(nowMs) ?? []) reports.push({ kind, failure });
    };
    if (this.startup) {
      const { startup } = this;
      run('Startup', startup);
      if (startup.verdict) this.begin(nowMs);
      else if (startup.failedForGood) return { reports, unhealthy: 'startup' };
      else return { reports, unhealthy: undefined };
    }
    run('Readiness', this.readiness);
    if (this.readiness) this.container.ready = this.readiness.verdict;
    run('Liveness', this.liveness);
    return { reports, unhealthy: this.liveness && !this.liveness.verdict ? 'liveness' : undefined };
  }

  dueMs(): number {
    if (this.startup) return this.startup.dueMs();
    return Math.min(this.readiness?.dueMs() ?? Infinity, this.liveness?.dueMs() ?? Infinity);
  }
}

/** The probes of a container that runs; undefined when it has none, so that nothing is kept for it. */
export function probesOf(container: ContainerState, ip: string, nowMs: number): ContainerProbes | undefined {
  const { spec, run, context } = container;
  if (!spec.startupProbe && !spec.readinessProbe && !spec.livenessProbe) return undefined;
  if (!run || !context) return undefined;
  const image = imageModelOf(parseImageRef(spec.image ?? ''));
  return new ContainerProbes(container, { image, context, run, container: spec, ip }, nowMs);
}
