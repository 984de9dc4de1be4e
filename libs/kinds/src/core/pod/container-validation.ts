import { dns1123Label, dns1123Subdomain, type FieldError, fieldError } from '#apimachinery';
import {
  checkName,
  checkForm,
  checkNonNegative,
  checkOneOf,
  checkPort,
  configMapKey,
  portName,
  PROTOCOLS,
} from '../../field-rules.js';
import type {
  Container,
  EnvFromSource,
  EnvVar,
  EnvVarSource,
  EphemeralContainer,
  PodSpec,
  SecurityContext,
} from '../../generated/types.js';
import { checkProbes, type Probed } from './probe-validation.js';
import { checkResources } from './resources-validation.js';

/** Models validateContainers and validateInitContainers of pkg/apis/core/validation (1.36). */
export function checkContainers(errors: FieldError[], field: string, spec: PodSpec): void {
  const volumes = new Set((spec.volumes ?? []).map(({ name }) => name));
  const names = new Set<string>();
  const hostPorts = new Set<string>();
  const each = (list: readonly Container[], path: string, isInit: boolean) => {
    for (const [i, container] of list.entries()) {
      const at = `${path}[${i}]`;
      checkContainer(errors, at, container, { volumes, names, hostNetwork: spec.hostNetwork === true });
      if (isInit) checkInitOnly(errors, at, container);
      else checkProbes(errors, at, container);
      checkHostPorts(errors, at, container, hostPorts);
    }
  };
  if (!spec.containers?.length) errors.push(fieldError.required(`${field}.containers`));
  each(spec.containers ?? [], `${field}.containers`, false);
  each(spec.initContainers ?? [], `${field}.initContainers`, true);
}

interface Around {
  readonly volumes: ReadonlySet<string>;
  /** Of all containers of the pod; grows. */
  readonly names: Set<string>;
  readonly hostNetwork: boolean;
}

function checkContainer(errors: FieldError[], at: string, container: Container, around: Around): void {
  checkName(errors, `${at}.name`, container.name, dns1123Label);
  if (container.name && around.names.has(container.name))
    errors.push(fieldError.duplicate(`${at}.name`, container.name));
  around.names.add(container.name);
  checkImage(errors, `${at}.image`, container.image);
  checkPorts(errors, at, container, around.hostNetwork);
  checkEnv(errors, `${at}.env`, container.env ?? []);
  checkEnvFrom(errors, `${at}.envFrom`, container.envFrom ?? []);
  checkMounts(errors, at, container, around.volumes);
  checkOneOf(errors, `${at}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']);
  checkOneOf(errors, `${at}.terminationMessagePolicy`, container.terminationMessagePolicy, [
    'FallbackToLogsOnError',
    'File',
  ]);
  checkResources(errors, `${at}.resources`, container.resources);
  checkSecurityContext(errors, `${at}.securityContext`, container.securityContext);
}

export function checkImage(errors: FieldError[], at: string, image: string | undefined): void {
  if (!image) errors.push(fieldError.required(at));
  else if (image !== image.trim()) {
    errors.push(fieldError.invalid(at, image, 'must not have leading or trailing whitespace'));
  }
}

/** Init containers run to their end, so only those that stay may be probed. */
function checkInitOnly(errors: FieldError[], at: string, container: Container): void {
  checkOneOf(errors, `${at}.restartPolicy`, container.restartPolicy, ['Always', 'Never', 'OnFailure']);
  if (container.restartPolicy === 'Always') return checkProbes(errors, at, container);
  for (const name of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    const probed: Probed = container;
    if (probed[name]) {
      errors.push(
        fieldError.forbidden(`${at}.${name}`, 'may not be set for init containers without restartPolicy=Always'),
      );
    }
  }
}

function checkPorts(errors: FieldError[], at: string, { ports = [] }: Container, hostNetwork: boolean): void {
  const names = new Set<string>();
  for (const [i, port] of ports.entries()) {
    const path = `${at}.ports[${i}]`;
    if (port.name) {
      checkForm(errors, `${path}.name`, port.name, portName);
      if (names.has(port.name)) errors.push(fieldError.duplicate(`${path}.name`, port.name));
      names.add(port.name);
    }
    if (!port.containerPort) errors.push(fieldError.required(`${path}.containerPort`));
    else checkPort(errors, `${path}.containerPort`, port.containerPort);
    if (port.hostPort) checkPort(errors, `${path}.hostPort`, port.hostPort);
    if (hostNetwork && port.hostPort !== port.containerPort) {
      const why = 'must match `containerPort` when `hostNetwork` is true';
      errors.push(fieldError.invalid(`${path}.hostPort`, port.hostPort ?? 0, why));
    }
    if (!port.protocol) errors.push(fieldError.required(`${path}.protocol`));
    else checkOneOf(errors, `${path}.protocol`, port.protocol, PROTOCOLS);
  }
}

function checkHostPorts(errors: FieldError[], at: string, { ports = [] }: Container, taken: Set<string>): void {
  for (const [i, { hostPort, protocol = '', hostIP = '' }] of ports.entries()) {
    if (!hostPort) continue;
    const text = `${protocol}/${hostIP}/${hostPort}`;
    if (taken.has(text)) errors.push(fieldError.duplicate(`${at}.ports[${i}].hostPort`, text));
    taken.add(text);
  }
}

/** Printable ASCII but '='. */
const ENV_NAME = /^[ -<>-~]+$/;
const ENV_NAME_MESSAGE =
  "a valid environment variable name must consist only of printable ASCII characters other than '='";

function checkEnv(errors: FieldError[], at: string, env: readonly EnvVar[]): void {
  for (const [i, { name, value, valueFrom }] of env.entries()) {
    checkName(errors, `${at}[${i}].name`, name, (text) => (ENV_NAME.test(text) ? [] : [ENV_NAME_MESSAGE]));
    if (valueFrom) checkEnvSource(errors, `${at}[${i}].valueFrom`, valueFrom, value);
  }
}

function checkEnvSource(errors: FieldError[], at: string, from: EnvVarSource, value: string | undefined): void {
  const given = Object.values(from).filter((source) => source !== undefined);
  if (given.length === 0) {
    const why =
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
    errors.push(fieldError.invalid(at, '', why));
  } else if (value) {
    errors.push(fieldError.invalid(at, '', 'may not be specified when `value` is not empty'));
  } else if (given.length > 1) {
    errors.push(fieldError.invalid(at, '', 'may not have more than one field specified at a time'));
  }
  for (const name of ['configMapKeyRef', 'secretKeyRef'] as const) {
    const ref = from[name];
    if (!ref) continue;
    checkName(errors, `${at}.${name}.name`, ref.name, dns1123Subdomain);
    checkName(errors, `${at}.${name}.key`, ref.key, configMapKey);
  }
  if (from.fieldRef && !from.fieldRef.fieldPath) errors.push(fieldError.required(`${at}.fieldRef.fieldPath`));
  if (from.resourceFieldRef && !from.resourceFieldRef.resource) {
    errors.push(fieldError.required(`${at}.resourceFieldRef.resource`));
  }
}

function checkEnvFrom(errors: FieldError[], at: string, sources: readonly EnvFromSource[]): void {
  for (const [i, { configMapRef, secretRef }] of sources.entries()) {
    const path = `${at}[${i}]`;
    if (!configMapRef && !secretRef) {
      errors.push(fieldError.invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'));
    } else if (configMapRef && secretRef) {
      errors.push(fieldError.invalid(path, '', 'may not have more than one field specified at a time'));
    }
    if (configMapRef) checkName(errors, `${path}.configMapRef.name`, configMapRef.name, dns1123Subdomain);
    if (secretRef) checkName(errors, `${path}.secretRef.name`, secretRef.name, dns1123Subdomain);
  }
}

type Mounting = Pick<Container, 'volumeMounts'> | Pick<EphemeralContainer, 'volumeMounts'>;

function checkMounts(
  errors: FieldError[],
  at: string,
  { volumeMounts = [] }: Mounting,
  volumes: ReadonlySet<string>,
): void {
  const paths = new Set<string>();
  for (const [i, { name, mountPath, subPath }] of volumeMounts.entries()) {
    const path = `${at}.volumeMounts[${i}]`;
    if (!name) errors.push(fieldError.required(`${path}.name`));
    else if (!volumes.has(name)) errors.push(fieldError.notFound(`${path}.name`, name));
    if (!mountPath) errors.push(fieldError.required(`${path}.mountPath`));
    else if (paths.has(mountPath)) errors.push(fieldError.invalid(`${path}.mountPath`, mountPath, 'must be unique'));
    paths.add(mountPath);
    if (subPath?.startsWith('/')) {
      errors.push(fieldError.invalid(`${path}.subPath`, subPath, 'must be a relative path'));
    }
    if (subPath?.split('/').includes('..')) {
      errors.push(fieldError.invalid(`${path}.subPath`, subPath, "must not contain '..'"));
    }
  }
}

function checkSecurityContext(errors: FieldError[], at: string, context: SecurityContext | undefined): void {
  if (!context) return;
  checkNonNegative(errors, `${at}.runAsUser`, context.runAsUser);
  checkNonNegative(errors, `${at}.runAsGroup`, context.runAsGroup);
  if (context.privileged && context.allowPrivilegeEscalation === false) {
    const why = 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true';
    errors.push(fieldError.invalid(at, context, why));
  }
}
