import type { Container, Probe } from '#kinds';
import type { ImageModel, Run, RunContext } from '../images/image.js';
import { execIn } from '../images/start.js';

/** What a probe is tried on. */
export interface ProbeTarget {
  readonly image: ImageModel;
  readonly context: RunContext;
  readonly run: Run;
  readonly container: Container;
  readonly ip: string;
}

function portOf(container: Container, port: number | string): number {
  if (typeof port === 'number') return port;
  return container.ports?.find(({ name }) => name === port)?.containerPort ?? (Number(port) || 0);
}

const listens = ({ run }: ProbeTarget, port: number, atMs: number) =>
  atMs >= run.readyAfterMs && (run.ports === 'any' || run.ports.includes(port));

/** What the prober reads when it tries `probe` `atMs` after the start; undefined: success. Texts as of Go's net and the kubelet's prober (1.36). */
export function probeFailure(probe: Probe, target: ProbeTarget, atMs: number): string | undefined {
  const refused = (port: number) => `dial tcp ${target.ip}:${port}: connect: connection refused`;
  if (probe.httpGet) {
    const { path = '/', scheme = 'HTTP' } = probe.httpGet;
    const port = portOf(target.container, probe.httpGet.port);
    const slashed = path.startsWith('/') ? path : `/${path}`;
    if (!listens(target, port, atMs)) {
      return `Get "${scheme.toLowerCase()}://${target.ip}:${port}${slashed}": ${refused(port)}`;
    }
    const status = target.run.httpStatus?.(slashed.replace(/[?#].*$/s, '')) ?? 200;
    return status >= 200 && status < 400 ? undefined : `HTTP probe failed with statuscode: ${status}`;
  }
  if (probe.tcpSocket) {
    const port = portOf(target.container, probe.tcpSocket.port);
    return listens(target, port, atMs) ? undefined : refused(port);
  }
  if (probe.grpc) {
    const { port } = probe.grpc;
    return listens(target, port, atMs)
      ? undefined
      : `timeout: failed to connect service "${target.ip}:${port}" within 1s: context deadline exceeded`;
  }
  const { code, output } = execIn(target.image, target.context, target.run, atMs, probe.exec?.command ?? []);
  return code === 0 ? undefined : output;
}
