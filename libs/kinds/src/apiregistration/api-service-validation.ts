import { dns1035Label, dns1123Subdomain, type FieldError, fieldError } from '#apimachinery';
import type { APIService, APIServiceSpec } from '../generated/types.js';

const GROUP_PRIORITY_MAX = 20_000;
const VERSION_PRIORITY_MAX = 1_000;
const STATUSES = ['False', 'True', 'Unknown'];

/** Models ValidateAPIService of kube-aggregator's apis/apiregistration/validation (1.36). */
export function validateApiService({ metadata, spec }: APIService): FieldError[] {
  const errors: FieldError[] = [];
  const { group = '', version = '', groupPriorityMinimum = 0, versionPriority = 0 } = spec ?? {};
  const required = `${version}.${group}`;
  if (metadata.name !== required) {
    const why = `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(required)}`;
    errors.push(fieldError.invalid('metadata.name', metadata.name, why));
  }
  if (group === '' && version !== 'v1') {
    errors.push(fieldError.required('spec.group', 'only v1 may have an empty group and it better be legacy kube'));
  }
  if (group !== '')
    for (const why of dns1123Subdomain(group)) errors.push(fieldError.invalid('spec.group', group, why));
  for (const why of dns1035Label(version)) errors.push(fieldError.invalid('spec.version', version, why));
  checkPriority(errors, 'spec.groupPriorityMinimum', groupPriorityMinimum, GROUP_PRIORITY_MAX);
  checkPriority(errors, 'spec.versionPriority', versionPriority, VERSION_PRIORITY_MAX);
  return [...errors, ...validateBackend(spec ?? {})];
}

function checkPriority(errors: FieldError[], field: string, value: number, max: number): void {
  if (value <= 0 || value > max) errors.push(fieldError.invalid(field, value, `must be positive and less than ${max}`));
}

/** Who is not asked over the network has nothing to be trusted by. */
function validateBackend({ service, caBundle = '', insecureSkipTLSVerify }: Partial<APIServiceSpec>): FieldError[] {
  const errors: FieldError[] = [];
  const insecure = 'spec.insecureSkipTLSVerify';
  if (!service) {
    if (caBundle !== '') {
      const bytes = `${Buffer.byteLength(caBundle, 'base64')} bytes`;
      errors.push(fieldError.invalid('spec.caBundle', bytes, 'local APIServices may not have a caBundle'));
    }
    if (insecureSkipTLSVerify) {
      errors.push(fieldError.invalid(insecure, true, 'local APIServices may not have insecureSkipTLSVerify'));
    }
    return errors;
  }
  if (!service.namespace) errors.push(fieldError.required('spec.service.namespace'));
  if (!service.name) errors.push(fieldError.required('spec.service.name'));
  if (insecureSkipTLSVerify && caBundle !== '') {
    errors.push(fieldError.invalid(insecure, true, 'may not be true if caBundle is present'));
  }
  return errors;
}

/** Models ValidateAPIServiceStatus. */
export function validateApiServiceStatus({ status }: APIService): FieldError[] {
  return (status?.conditions ?? []).flatMap((condition, i) =>
    STATUSES.includes(condition.status)
      ? []
      : [fieldError.notSupported(`status.conditions[${i}].status`, condition.status, STATUSES)],
  );
}
