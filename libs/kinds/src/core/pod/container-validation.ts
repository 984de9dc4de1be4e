import { dns1123Label, type FieldError, fieldError } from '#apimachinery';
import { checkForm, checkName, checkPort, checkRequiredOneOf, portName, PROTOCOLS } from '../../field-rules.js';
import type {
  Container,
  ContainerPort,
  ContainerResizePolicy,
  EphemeralContainer,
  PodSpec,
} from '../../generated/types.js';
import { checkEnv, checkEnvFrom } from './env-validation.js';
import { checkMounts, type Volumes } from './mount-validation.js';
import { checkProbes, type Probed } from './probe-validation.js';
import { checkResources } from './resources-validation.js';
import { checkRestartRules } from './restart-validation.js';
import { checkSecurityContext } from './security-validation.js';

/** What containers refer to in their pod. */
export interface Around {
  readonly volumes: Volumes;
  readonly claimNames: ReadonlySet<string>;
  readonly spec: PodSpec;
  /** A pod itself is stricter than what will become one. */
  readonly isPod: boolean;
}

/** Models validateContainers, validateInitContainers and validateEphemeralContainers (1.36). */
export function checkContainers(errors: FieldError[], field: string, around: Around): void {
  const { containers, initContainers, ephemeralContainers } = around.spec;
  if (!containers?.length) errors.push(fieldError.required(`${field}.containers`));
  const names = new Set<string>();
  const hostPorts = new Set<string>();
  for (const [i, container] of (containers ?? []).entries()) {
    const at = `${field}.containers[${i}]`;
    checkCommon(errors, at, container, around);
    checkUnique(errors, at, container.name, names);
    checkProbes(errors, at, container, around.spec);
    if (container.restartPolicy !== undefined || container.restartPolicyRules) {
      checkRestartRules(errors, at, container);
    }
  }
  for (const [i, { ports }] of (containers ?? []).entries()) {
    if (ports) checkHostPorts(errors, `${field}.containers[${i}].ports`, ports, hostPorts);
  }
  for (const [i, container] of (initContainers ?? []).entries()) {
    checkInit(errors, `${field}.initContainers[${i}]`, container, around, names);
  }
  if (ephemeralContainers?.length) {
    checkEphemeral(errors, `${field}.ephemeralContainers`, ephemeralContainers, around, names);
  }
}

function checkUnique(errors: FieldError[], at: string, name: string, names: Set<string>): void {
  if (name && names.has(name)) errors.push(fieldError.duplicate(`${at}.name`, name));
  names.add(name);
}

function checkInit(errors: FieldError[], at: string, container: Container, around: Around, names: Set<string>): void {
  checkCommon(errors, at, container, around);
  if (container.restartPolicy !== undefined || container.restartPolicyRules) checkRestartRules(errors, at, container);
  checkUnique(errors, at, container.name, names);
  if (container.ports) checkHostPorts(errors, `${at}.ports`, container.ports, new Set());
  if (container.restartPolicy === 'Always') {
    checkProbes(errors, at, container, around.spec);
    return;
  }
  // They run to their end, so only those that stay may be probed.
  for (const name of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    const probed: Probed = container;
    if (probed[name]) {
      const why = 'may not be set for init containers without restartPolicy=Always';
      errors.push(fieldError.forbidden(`${at}.${name}`, why));
    }
  }
}

/** What a container for debugging has nothing to do with, in Go's order of fields. */
const NOT_EPHEMERAL = [
  ...['ports', 'resources', 'resizePolicy', 'restartPolicy', 'restartPolicyRules'],
  ...['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'],
] as const;

function isZero(value: unknown): boolean {
  return value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}

function checkEphemeral(
  errors: FieldError[],
  field: string,
  containers: readonly EphemeralContainer[],
  around: Around,
  others: ReadonlySet<string>,
): void {
  const names = new Set(others);
  const why = 'cannot be set for an Ephemeral Container';
  for (const [i, container] of containers.entries()) {
    const at = `${field}[${i}]`;
    checkCommon(errors, at, container, { ...around, isPod: true });
    checkUnique(errors, at, container.name, names);
    const { targetContainerName: target } = container;
    if (target && !others.has(target)) errors.push(fieldError.notFound(`${at}.targetContainerName`, target));
    for (const name of NOT_EPHEMERAL) {
      if (!isZero(container[name])) errors.push(fieldError.forbidden(`${at}.${name}`, why));
    }
    for (const [k, { subPath, subPathExpr }] of (container.volumeMounts ?? []).entries()) {
      if (subPath) errors.push(fieldError.forbidden(`${at}.volumeMounts[${k}].subPath`, why));
      if (subPathExpr) errors.push(fieldError.forbidden(`${at}.volumeMounts[${k}].subPathExpr`, why));
    }
  }
}

const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'];
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];

/** Models validateContainerCommon (1.36). */
function checkCommon(
  errors: FieldError[],
  at: string,
  container: Container | EphemeralContainer,
  { volumes, claimNames, spec, isPod }: Around,
): void {
  checkName(errors, `${at}.name`, container.name, dns1123Label);
  if (!container.image) errors.push(fieldError.required(`${at}.image`));
  checkRequiredOneOf(errors, `${at}.terminationMessagePolicy`, container.terminationMessagePolicy, MESSAGE_POLICIES);
  if (container.ports) checkPorts(errors, `${at}.ports`, container.ports);
  if (container.env) checkEnv(errors, `${at}.env`, container.env);
  if (container.envFrom) checkEnvFrom(errors, `${at}.envFrom`, container.envFrom);
  checkMounts(errors, at, container, volumes);
  checkRequiredOneOf(errors, `${at}.imagePullPolicy`, container.imagePullPolicy, PULL_POLICIES);
  checkResources(errors, `${at}.resources`, container.resources, claimNames);
  if (container.resizePolicy) checkResizePolicy(errors, `${at}.resizePolicy`, container.resizePolicy, spec);
  const { securityContext } = container;
  if (securityContext) {
    checkSecurityContext(errors, `${at}.securityContext`, securityContext, spec.hostUsers !== false);
  }
  if (isPod) checkImageText(errors, `${at}.image`, container.image);
}

/** Of pods alone: templates were always free to say more. Models validateContainerOnlyForPod (1.36). */
function checkImageText(errors: FieldError[], at: string, image: string | undefined): void {
  if (image && image !== image.trim()) {
    errors.push(fieldError.invalid(at, image, 'must not have leading or trailing whitespace'));
  }
}

export function checkImage(errors: FieldError[], at: string, image: string | undefined): void {
  if (!image) errors.push(fieldError.required(at));
  checkImageText(errors, at, image);
}

const RESIZED = ['cpu', 'memory'];
const RESIZE_POLICIES = ['NotRequired', 'RestartContainer'];

/** Models validateResizePolicy (1.36), which blames the list. */
function checkResizePolicy(
  errors: FieldError[],
  at: string,
  policies: readonly ContainerResizePolicy[],
  { restartPolicy: podPolicy }: PodSpec,
): void {
  const names = new Set<string>();
  for (const [i, { resourceName, restartPolicy }] of policies.entries()) {
    if (names.has(resourceName)) errors.push(fieldError.duplicate(`${at}[${i}]`, resourceName));
    names.add(resourceName);
    checkRequiredOneOf(errors, at, resourceName, RESIZED);
    checkRequiredOneOf(errors, at, restartPolicy, RESIZE_POLICIES);
    if (podPolicy === 'Never' && restartPolicy !== 'NotRequired') {
      const why = "must be 'NotRequired' when `restartPolicy` is 'Never'";
      errors.push(fieldError.invalid(at, restartPolicy, why));
    }
  }
}

function checkPorts(errors: FieldError[], at: string, ports: readonly ContainerPort[]): void {
  const names = new Set<string>();
  for (const [i, port] of ports.entries()) {
    const path = `${at}[${i}]`;
    if (port.name) {
      const before = errors.length;
      checkForm(errors, `${path}.name`, port.name, portName);
      if (errors.length === before) {
        if (names.has(port.name)) errors.push(fieldError.duplicate(`${path}.name`, port.name));
        names.add(port.name);
      }
    }
    if (!port.containerPort) errors.push(fieldError.required(`${path}.containerPort`));
    else checkPort(errors, `${path}.containerPort`, port.containerPort);
    if (port.hostPort) checkPort(errors, `${path}.hostPort`, port.hostPort);
    checkRequiredOneOf(errors, `${path}.protocol`, port.protocol, PROTOCOLS);
  }
}

function checkHostPorts(errors: FieldError[], at: string, ports: readonly ContainerPort[], taken: Set<string>): void {
  for (const [i, { hostPort, protocol = '', hostIP = '' }] of ports.entries()) {
    if (!hostPort) continue;
    const text = `${protocol}/${hostIP}/${hostPort}`;
    if (taken.has(text)) errors.push(fieldError.duplicate(`${at}[${i}].hostPort`, text));
    taken.add(text);
  }
}
