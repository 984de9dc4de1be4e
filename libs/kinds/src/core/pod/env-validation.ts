import { dns1123Subdomain, type FieldError, fieldError, parseQuantity, qualifiedName } from '#apimachinery';
import { checkName, configMapKey } from '../../field-rules.js';
import type {
  EnvFromSource,
  EnvVar,
  EnvVarSource,
  FileKeySelector,
  ObjectFieldSelector,
  PodSpec,
  ResourceFieldSelector,
} from '../../generated/types.js';
import { checkLocalPath } from '../../path-rules.js';
import { visitContainers } from './containers-of.js';

/** Printable ASCII but '='. */
const ENV_NAME = /^[ -<>-~]+$/;
const ENV_NAME_MESSAGE =
  "a valid environment variable name must consist only of printable ASCII characters other than '='";

function envName(text: string): string[] {
  return ENV_NAME.test(text) ? [] : [ENV_NAME_MESSAGE];
}

/** Models ValidateEnv (1.36). */
export function checkEnv(errors: FieldError[], at: string, env: readonly EnvVar[]): void {
  for (const [i, { name, value, valueFrom }] of env.entries()) {
    checkName(errors, `${at}[${i}].name`, name, envName);
    if (valueFrom) checkEnvSource(errors, `${at}[${i}].valueFrom`, valueFrom, value);
  }
}

const SOURCE_MESSAGE =
  'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';

function checkEnvSource(errors: FieldError[], at: string, from: EnvVarSource, value: string | undefined): void {
  let sources = 0;
  if (from.fieldRef) {
    sources++;
    checkFieldRef(errors, `${at}.fieldRef`, from.fieldRef, ENV_FIELDS);
  }
  if (from.resourceFieldRef) {
    sources++;
    checkResourceRef(errors, `${at}.resourceFieldRef`, from.resourceFieldRef, false);
  }
  for (const name of ['configMapKeyRef', 'secretKeyRef'] as const) {
    const ref = from[name];
    if (!ref) continue;
    sources++;
    for (const why of dns1123Subdomain(ref.name ?? '')) {
      errors.push(fieldError.invalid(`${at}.${name}.name`, ref.name ?? '', why));
    }
    checkName(errors, `${at}.${name}.key`, ref.key, configMapKey);
  }
  if (from.fileKeyRef) {
    sources++;
    checkFileKeyRef(errors, `${at}.fileKeyRef`, from.fileKeyRef);
  }
  if (sources === 0) errors.push(fieldError.invalid(at, '', SOURCE_MESSAGE));
  else if (value) errors.push(fieldError.invalid(at, '', 'may not be specified when `value` is not empty'));
  else if (sources > 1) errors.push(fieldError.invalid(at, '', 'may not have more than one field specified at a time'));
}

function checkFileKeyRef(errors: FieldError[], at: string, { key, volumeName, path }: FileKeySelector): void {
  checkName(errors, `${at}.key`, key, envName);
  if (!volumeName) errors.push(fieldError.required(`${at}.volumeName`));
  if (!path) errors.push(fieldError.required(`${at}.path`));
  else checkLocalPath(errors, `${at}.path`, path);
}

/** Files with variables lie in volumes that containers write to. Models validateFileKeyRefVolumes (1.36). */
export function checkFileVolumes(errors: FieldError[], field: string, spec: PodSpec): void {
  visitContainers(spec, field, ({ env }, container) => {
    for (const [i, { valueFrom }] of (env ?? []).entries()) {
      if (!valueFrom?.fileKeyRef) continue;
      const { volumeName } = valueFrom.fileKeyRef;
      const at = `${container}.env[${i}].valueFrom.fileKeyRef.volumeName`;
      const volume = spec.volumes?.find(({ name }) => name === volumeName);
      if (!volume) errors.push(fieldError.notFound(at, volumeName));
      else if (!volume.emptyDir) {
        errors.push(fieldError.invalid(at, volumeName, 'referenced volume must be of type emptyDir'));
      }
    }
  });
}

/** Sorted, as messages list them. */
const ENV_FIELDS: readonly string[] = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
export const FILE_FIELDS: readonly string[] = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];
/** What the conversion of field labels knows; others fail before they can be unsupported. Models ConvertDownwardAPIFieldLabel. */
const KNOWN_FIELDS = new Set([...ENV_FIELDS, ...FILE_FIELDS, 'spec.restartPolicy', 'status.phase']);
const SUBSCRIPTED = /^(.+)\['(.*)'\]$/;

/** Models validateObjectFieldSelector (1.36). */
export function checkFieldRef(
  errors: FieldError[],
  at: string,
  { apiVersion = '', fieldPath }: ObjectFieldSelector,
  fields: readonly string[],
): void {
  if (!apiVersion) return void errors.push(fieldError.required(`${at}.apiVersion`));
  if (!fieldPath) return void errors.push(fieldError.required(`${at}.fieldPath`));
  if (apiVersion !== 'v1') {
    const why = `error converting fieldPath: unsupported pod version: ${apiVersion}`;
    return void errors.push(fieldError.invalid(`${at}.fieldPath`, fieldPath, why));
  }
  if (fields.includes(fieldPath)) return;
  const subscripted = fieldPath.endsWith("']") ? SUBSCRIPTED.exec(fieldPath) : null;
  if (subscripted) return checkSubscript(errors, at, fieldPath, subscripted[1]!, subscripted[2]!);
  // The host's address has an older name.
  const path = fieldPath === 'spec.host' ? 'spec.nodeName' : fieldPath;
  if (fields.includes(path)) return;
  if (!KNOWN_FIELDS.has(path)) {
    const why = `error converting fieldPath: field label not supported: ${fieldPath}`;
    return void errors.push(fieldError.invalid(`${at}.fieldPath`, fieldPath, why));
  }
  errors.push(fieldError.notSupported(`${at}.fieldPath`, path, fields));
}

function checkSubscript(errors: FieldError[], at: string, whole: string, path: string, key: string): void {
  if (path === 'metadata.annotations') {
    for (const why of qualifiedName(key.toLowerCase())) {
      errors.push(fieldError.invalid(at, key.toLowerCase(), why));
    }
  } else if (path === 'metadata.labels') {
    for (const why of qualifiedName(key)) errors.push(fieldError.invalid(at, key, why));
  } else {
    const why = `error converting fieldPath: field label does not support subscript: ${whole}`;
    errors.push(fieldError.invalid(`${at}.fieldPath`, whole, why));
  }
}

const RESOURCE_FIELDS: readonly string[] = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const HUGEPAGES_FIELD = /^(limits|requests)\.hugepages-/;

/** Models validateContainerResourceFieldSelector (1.36). */
export function checkResourceRef(
  errors: FieldError[],
  at: string,
  { containerName, resource, divisor }: ResourceFieldSelector,
  isInVolume: boolean,
): void {
  if (isInVolume && !containerName) errors.push(fieldError.required(`${at}.containerName`));
  else if (!resource) errors.push(fieldError.required(`${at}.resource`));
  else if (!RESOURCE_FIELDS.includes(resource) && !HUGEPAGES_FIELD.test(resource)) {
    errors.push(fieldError.notSupported(`${at}.resource`, resource, RESOURCE_FIELDS));
  }
  if (divisor !== undefined && divisor !== '0') checkDivisor(errors, `${at}.divisor`, resource ?? '', divisor);
}

const BYTE_DIVISORS = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

function checkDivisor(errors: FieldError[], at: string, resource: string, divisor: string): void {
  const quantity = parseQuantity(divisor);
  if (quantity.isZero()) return;
  const refuse = (values: string, about: string) => {
    errors.push(fieldError.invalid(at, resource, `only divisor's values ${values} are supported with the ${about}`));
  };
  const text = quantity.toString();
  const isByteUnit = BYTE_DIVISORS.includes(text);
  const units = BYTE_DIVISORS.join(', ');
  if (resource.endsWith('.cpu')) {
    if (text !== '1m' && text !== '1') refuse('1m and 1', 'cpu resource');
  } else if (resource.endsWith('.memory')) {
    if (!isByteUnit) refuse(units, 'memory resource');
  } else if (resource.endsWith('.ephemeral-storage')) {
    if (!isByteUnit) refuse(units, 'local ephemeral storage resource');
  } else if (HUGEPAGES_FIELD.test(resource) && !isByteUnit) refuse(units, 'hugepages resource');
}

/** Models ValidateEnvFrom (1.36), which blames the list for a wrong number of sources, not its item. */
export function checkEnvFrom(errors: FieldError[], at: string, sources: readonly EnvFromSource[]): void {
  for (const [i, { prefix, configMapRef, secretRef }] of sources.entries()) {
    const path = `${at}[${i}]`;
    if (prefix) for (const why of envName(prefix)) errors.push(fieldError.invalid(`${path}.prefix`, prefix, why));
    if (configMapRef) checkName(errors, `${path}.configMapRef.name`, configMapRef.name, prefixedSubdomain);
    if (secretRef) checkName(errors, `${path}.secretRef.name`, secretRef.name, prefixedSubdomain);
    if (!configMapRef && !secretRef) {
      errors.push(fieldError.invalid(at, '', 'must specify one of: `configMapRef` or `secretRef`'));
    } else if (configMapRef && secretRef) {
      errors.push(fieldError.invalid(at, '', 'may not have more than one field specified at a time'));
    }
  }
}

/** Checked as a name's beginning, so that a dash may end it. */
function prefixedSubdomain(name: string): string[] {
  return dns1123Subdomain(name.replace(/-$/, 'a'));
}
