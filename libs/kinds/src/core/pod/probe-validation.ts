import { type FieldError, fieldError } from '#apimachinery';
import { checkNonNegative, checkOneOf, checkPort, checkPortNumOrName } from '../../field-rules.js';
import type { Lifecycle, LifecycleHandler, Probe } from '../../generated/types.js';

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const;

/** Exactly one way to ask, and that one complete. */
function checkHandler(errors: FieldError[], field: string, handler: Probe & LifecycleHandler): void {
  const given = HANDLERS.filter((name) => handler[name] !== undefined);
  if (given.length === 0) errors.push(fieldError.required(field, 'must specify a handler type'));
  for (const name of given.slice(1)) {
    errors.push(fieldError.forbidden(`${field}.${name}`, 'may not specify more than 1 handler type'));
  }
  const { exec, httpGet, tcpSocket, grpc } = handler;
  if (exec && !exec.command?.length) errors.push(fieldError.required(`${field}.exec.command`));
  if (httpGet) {
    if (!httpGet.path) errors.push(fieldError.required(`${field}.httpGet.path`));
    checkPortNumOrName(errors, `${field}.httpGet.port`, httpGet.port ?? 0);
    checkOneOf(errors, `${field}.httpGet.scheme`, httpGet.scheme, ['HTTP', 'HTTPS']);
    for (const [i, header] of (httpGet.httpHeaders ?? []).entries()) {
      if (!header.name) errors.push(fieldError.required(`${field}.httpGet.httpHeaders[${i}].name`));
    }
  }
  if (tcpSocket) checkPortNumOrName(errors, `${field}.tcpSocket.port`, tcpSocket.port ?? 0);
  if (grpc) checkPort(errors, `${field}.grpc.port`, grpc.port ?? 0);
}

function checkProbe(errors: FieldError[], field: string, probe: Probe | undefined, mustSucceedOnce: boolean): void {
  if (!probe) return;
  checkHandler(errors, field, probe);
  checkNonNegative(errors, `${field}.initialDelaySeconds`, probe.initialDelaySeconds);
  checkNonNegative(errors, `${field}.timeoutSeconds`, probe.timeoutSeconds);
  checkNonNegative(errors, `${field}.periodSeconds`, probe.periodSeconds);
  checkNonNegative(errors, `${field}.successThreshold`, probe.successThreshold);
  checkNonNegative(errors, `${field}.failureThreshold`, probe.failureThreshold);
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0) {
    errors.push(fieldError.invalid(`${field}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'));
  }
  if (mustSucceedOnce && probe.successThreshold !== 1) {
    errors.push(fieldError.invalid(`${field}.successThreshold`, probe.successThreshold ?? 0, 'must be 1'));
  }
}

export interface Probed {
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  startupProbe?: Probe;
  lifecycle?: Lifecycle;
}

/** Models validateLivenessProbe, _Readiness, _Startup and validateLifecycle (1.36). */
export function checkProbes(errors: FieldError[], field: string, container: Probed): void {
  const { lifecycle } = container;
  if (lifecycle?.postStart) checkHandler(errors, `${field}.lifecycle.postStart`, lifecycle.postStart);
  if (lifecycle?.preStop) checkHandler(errors, `${field}.lifecycle.preStop`, lifecycle.preStop);
  checkProbe(errors, `${field}.livenessProbe`, container.livenessProbe, true);
  checkProbe(errors, `${field}.readinessProbe`, container.readinessProbe, false);
  const { readinessProbe } = container;
  if (readinessProbe?.terminationGracePeriodSeconds !== undefined) {
    const at = `${field}.readinessProbe.terminationGracePeriodSeconds`;
    errors.push(
      fieldError.invalid(at, readinessProbe.terminationGracePeriodSeconds, 'must not be set for readinessProbes'),
    );
  }
  checkProbe(errors, `${field}.startupProbe`, container.startupProbe, true);
}
