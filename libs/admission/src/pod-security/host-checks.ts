import type { Container } from '#kinds';
import {
  type Check,
  containersOf,
  containersText,
  containersThat,
  plural,
  quoted,
  quotedInOrder,
  settersText,
} from './check.js';

/** What reaches from a pod to its node. All models of k8s.io/pod-security-admission/policy (1.36). */

export const hostNamespaces: Check = {
  id: 'hostNamespaces',
  level: 'baseline',
  versions: [
    {
      from: 0,
      check(spec) {
        const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((name) => spec[name]);
        if (shared.length === 0) return undefined;
        return { reason: 'host namespaces', detail: shared.map((name) => `${name}=true`).join(', ') };
      },
    },
  ],
};

export const hostPathVolumes: Check = {
  id: 'hostPathVolumes',
  level: 'baseline',
  versions: [
    {
      from: 0,
      check({ volumes = [] }) {
        const names = volumes.filter(({ hostPath }) => hostPath).map(({ name }) => name);
        if (names.length === 0) return undefined;
        return { reason: 'hostPath volumes', detail: `${plural('volume', names.length)} ${quoted(names)}` };
      },
    },
  ],
};

export const hostPorts: Check = {
  id: 'hostPorts',
  level: 'baseline',
  versions: [
    {
      from: 0,
      check(spec) {
        const ports = new Set(
          containersOf(spec).flatMap((container) =>
            (container.ports ?? []).map(({ hostPort = 0 }) => String(hostPort)),
          ),
        );
        ports.delete('0');
        if (ports.size === 0) return undefined;
        const names = containersThat(spec, (container) => container.ports?.some(({ hostPort }) => hostPort) ?? false);
        const uses = names.length === 1 ? 'uses' : 'use';
        return {
          reason: 'hostPort',
          detail: `${containersText(names)} ${uses} ${plural('hostPort', ports.size)} ${[...ports].toSorted().join(', ')}`,
        };
      },
    },
  ],
};

type Handled = { httpGet?: { host?: string }; tcpSocket?: { host?: string } } | undefined;

function hostsOf(
  container: Pick<Container, 'livenessProbe' | 'readinessProbe' | 'startupProbe' | 'lifecycle'>,
): string[] {
  const { livenessProbe, readinessProbe, startupProbe, lifecycle } = container;
  const handlers: Handled[] = [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop];
  return handlers.flatMap((one) => [one?.httpGet?.host, one?.tcpSocket?.host]).filter((host): host is string => !!host);
}

export const hostProbesAndHostLifecycle: Check = {
  id: 'hostProbesAndHostLifecycle',
  level: 'baseline',
  versions: [
    {
      from: 34,
      check(spec) {
        const hosts = new Set(containersOf(spec).flatMap(hostsOf));
        if (hosts.size === 0) return undefined;
        const names = [...new Set(containersThat(spec, (container) => hostsOf(container).length > 0))].toSorted();
        const uses = names.length === 1 ? 'uses' : 'use';
        return {
          reason: 'probe or lifecycle host',
          detail: `${containersText(names)} ${uses} ${plural('probe or lifecycle host', hosts.size)} ${quotedInOrder(hosts)}`,
        };
      },
    },
  ],
};

export const windowsHostProcess: Check = {
  id: 'windowsHostProcess',
  level: 'baseline',
  versions: [
    {
      from: 0,
      check(spec) {
        const setters = settersText(
          spec.securityContext?.windowsOptions?.hostProcess ?? false,
          containersThat(spec, ({ securityContext }) => securityContext?.windowsOptions?.hostProcess ?? false),
        );
        if (!setters) return undefined;
        return {
          reason: 'hostProcess',
          detail: `${setters} must not set securityContext.windowsOptions.hostProcess=true`,
        };
      },
    },
  ],
};
