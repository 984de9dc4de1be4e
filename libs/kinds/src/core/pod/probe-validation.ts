import { type FieldError, fieldError } from '#apimachinery';
import { checkNonNegative, checkPort, checkPortNumOrName } from '../../field-rules.js';
import type { HTTPGetAction, Lifecycle, LifecycleHandler, PodSpec, Probe } from '../../generated/types.js';

type Handler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> & Pick<LifecycleHandler, 'sleep'>;

/** In upstream's order: the first counts, others are too many. */
const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const;

/** Exactly one way to ask, and that one complete. Models validateHandler (1.36). */
function checkHandler(errors: FieldError[], at: string, handler: Handler, graceSeconds: number | undefined): void {
  let first: (typeof HANDLERS)[number] | undefined;
  for (const name of HANDLERS) {
    if (handler[name] === undefined) continue;
    if (first === undefined) first = name;
    else errors.push(fieldError.forbidden(`${at}.${name}`, 'may not specify more than 1 handler type'));
  }
  if (first === undefined) errors.push(fieldError.required(at, 'must specify a handler type'));
  else if (first === 'exec') {
    if (!handler.exec!.command?.length) errors.push(fieldError.required(`${at}.exec.command`));
  } else if (first === 'httpGet') checkHttpGet(errors, `${at}.httpGet`, handler.httpGet!);
  else if (first === 'tcpSocket') checkPortNumOrName(errors, `${at}.tcpSocket.port`, handler.tcpSocket!.port ?? 0);
  else if (first === 'grpc') checkPort(errors, `${at}.grpc.port`, handler.grpc!.port ?? 0);
  else checkSleep(errors, `${at}.sleep`, handler.sleep!.seconds ?? 0, graceSeconds);
}

const HEADER_NAME = /^[-A-Za-z0-9]+$/;
const HEADER_MESSAGE =
  "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";

function checkHttpGet(errors: FieldError[], at: string, { path, port, scheme, httpHeaders }: HTTPGetAction): void {
  if (!path) errors.push(fieldError.required(`${at}.path`));
  checkPortNumOrName(errors, `${at}.port`, port ?? 0);
  if (scheme !== 'HTTP' && scheme !== 'HTTPS') {
    errors.push(fieldError.notSupported(`${at}.scheme`, scheme ?? '', ['HTTP', 'HTTPS']));
  }
  for (const { name } of httpHeaders ?? []) {
    if (!HEADER_NAME.test(name)) errors.push(fieldError.invalid(`${at}.httpHeaders`, name ?? '', HEADER_MESSAGE));
  }
}

function checkSleep(errors: FieldError[], at: string, seconds: number, graceSeconds: number | undefined): void {
  if (graceSeconds === undefined || (seconds >= 0 && seconds <= graceSeconds)) return;
  const why = `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`;
  errors.push(fieldError.invalid(at, seconds, why));
}

function checkProbe(errors: FieldError[], at: string, probe: Probe): void {
  checkHandler(errors, at, probe, undefined);
  checkNonNegative(errors, `${at}.initialDelaySeconds`, probe.initialDelaySeconds);
  checkNonNegative(errors, `${at}.timeoutSeconds`, probe.timeoutSeconds);
  checkNonNegative(errors, `${at}.periodSeconds`, probe.periodSeconds);
  checkNonNegative(errors, `${at}.successThreshold`, probe.successThreshold);
  checkNonNegative(errors, `${at}.failureThreshold`, probe.failureThreshold);
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0) {
    errors.push(fieldError.invalid(`${at}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'));
  }
}

/** Of probes that end or hold back a container, one success must be enough. */
function checkOneSuccess(errors: FieldError[], at: string, { successThreshold = 0 }: Probe): void {
  if (successThreshold !== 1) errors.push(fieldError.invalid(`${at}.successThreshold`, successThreshold, 'must be 1'));
}

export interface Probed {
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  startupProbe?: Probe;
  lifecycle?: Lifecycle;
}

const SIGNALS = [
  ...['ABRT', 'ALRM', 'BUS', 'CHLD', 'CLD', 'CONT', 'FPE', 'HUP', 'ILL', 'INT', 'IO', 'IOT', 'KILL', 'PIPE', 'POLL'],
  ...['PROF', 'PWR', 'QUIT', 'RTMAX', 'RTMIN', 'SEGV', 'STKFLT', 'STOP', 'SYS', 'TERM', 'TRAP', 'TSTP', 'TTIN', 'TTOU'],
  ...['URG', 'USR1', 'USR2', 'VTALRM', 'WINCH', 'XCPU', 'XFSZ'],
  ...Array.from({ length: 14 }, (_, i) => `RTMAX-${i + 1}`),
  ...Array.from({ length: 15 }, (_, i) => `RTMIN+${i + 1}`),
];
/** Sorted by text, as messages list them. */
const STOP_SIGNALS = new Map<string, readonly string[]>([
  ['linux', SIGNALS.map((name) => `SIG${name}`).toSorted()],
  ['windows', ['SIGKILL', 'SIGTERM']],
]);

/** Which signals there are is known once the system is. Models validateStopSignal (1.36). */
function checkStopSignal(errors: FieldError[], at: string, signal: string, os: string | undefined): void {
  if (os === undefined) {
    errors.push(fieldError.forbidden(at, 'may not be set for containers with empty `spec.os.name`'));
    return;
  }
  const known = STOP_SIGNALS.get(os);
  if (known && !known.includes(signal)) errors.push(fieldError.notSupported(at, signal, known));
}

/** Models validateLifecycle, validateLivenessProbe, validateReadinessProbe and validateStartupProbe (1.36). */
export function checkProbes(
  errors: FieldError[],
  at: string,
  { lifecycle, livenessProbe, readinessProbe, startupProbe }: Probed,
  { terminationGracePeriodSeconds: graceSeconds, os }: PodSpec,
): void {
  if (lifecycle?.postStart) checkHandler(errors, `${at}.lifecycle.postStart`, lifecycle.postStart, graceSeconds);
  if (lifecycle?.preStop) checkHandler(errors, `${at}.lifecycle.preStop`, lifecycle.preStop, graceSeconds);
  if (lifecycle?.stopSignal) checkStopSignal(errors, `${at}.lifecycle.stopSignal`, lifecycle.stopSignal, os?.name);
  if (livenessProbe) {
    checkProbe(errors, `${at}.livenessProbe`, livenessProbe);
    checkOneSuccess(errors, `${at}.livenessProbe`, livenessProbe);
  }
  if (readinessProbe) {
    checkProbe(errors, `${at}.readinessProbe`, readinessProbe);
    const grace = readinessProbe.terminationGracePeriodSeconds;
    if (grace !== undefined) {
      const field = `${at}.readinessProbe.terminationGracePeriodSeconds`;
      errors.push(fieldError.invalid(field, grace, 'must not be set for readinessProbes'));
    }
  }
  if (startupProbe) {
    checkProbe(errors, `${at}.startupProbe`, startupProbe);
    checkOneSuccess(errors, `${at}.startupProbe`, startupProbe);
  }
}
