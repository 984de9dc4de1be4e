import type { ContainerPort, PodSpec } from '../../generated/types.js';
import { visitContainers } from './containers-of.js';

interface Seen {
  readonly at: string;
  readonly port: ContainerPort;
}

/** The same port twice is at best redundant. Models the end of pkg/api/pod/warnings.go (1.36). */
export function warnOfPorts(warnings: string[], field: string, spec: PodSpec): void {
  let all: Map<string, Seen[]> | undefined;
  visitContainers(spec, field, ({ ports }, container) => {
    if (!ports) return;
    all ??= new Map();
    for (const [i, port] of ports.entries()) {
      const at = `${container}.ports[${i}]`;
      const { hostIP = '', hostPort = 0, containerPort, protocol = '' } = port;
      if (hostIP !== '' && hostPort === 0) {
        const shown = `{Name:${port.name ?? ''} HostPort:0 ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`;
        warnings.push(`${at}: hostIP set without hostPort: ${shown}`);
      }
      const key = `${containerPort}/${protocol}`;
      const others = all.get(key);
      for (const other of others ?? []) warnOfPair(warnings, at, port, other);
      if (others) others.push({ at, port });
      else all.set(key, [{ at, port }]);
    }
  });
}

function warnOfPair(warnings: string[], at: string, port: ContainerPort, other: Seen): void {
  const [hostIp, hostPort] = [port.hostIP ?? '', port.hostPort ?? 0];
  const [otherIp, otherPort] = [other.port.hostIP ?? '', other.port.hostPort ?? 0];
  if (hostIp === otherIp && hostPort === otherPort) {
    warnings.push(`${at}: duplicate port definition with ${other.at}`);
  } else if (hostPort === 0 || otherPort === 0) {
    warnings.push(`${at}: overlapping port definition with ${other.at}`);
  } else if (hostPort === otherPort && (hostIp === '' || otherIp === '')) {
    warnings.push(`${at}: dangerously ambiguous port definition with ${other.at}`);
  }
}
