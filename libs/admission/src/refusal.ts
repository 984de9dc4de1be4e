import { type StatusCause, StatusError } from '#apimachinery';
import type { AdmissionRequest } from './plugin.js';

/** The 403 of an admission plugin. Models admission.NewForbidden (1.36): an object without a name yet is named by what it has. */
export function refusal(request: AdmissionRequest, why: string, causes?: StatusCause[]): StatusError {
  const { kind, object } = request;
  const name = request.name || object?.metadata.name || object?.metadata.generateName || 'Unknown';
  const error = StatusError.forbidden({ group: kind.group, resource: kind.resource }, name, why);
  if (!causes) return error;
  return new StatusError(error.code, error.reason, error.message, { ...error.details, causes });
}

/** True for requests on the core group's resource of that name, or its subresource. */
export function isCore(request: AdmissionRequest, resource: string, subresource = ''): boolean {
  return request.kind.group === '' && request.kind.resource === resource && request.subresource === subresource;
}
