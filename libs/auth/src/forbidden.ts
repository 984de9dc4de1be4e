import { StatusError } from '#apimachinery';
import type { RequestAttributes, UserInfo } from './user.js';

const quoted = (text: string) => JSON.stringify(text);

/** 'User "x" cannot list resource "pods" in API group "" in the namespace "default"'. Models forbiddenMessage (1.36). */
export function forbiddenMessage(user: UserInfo, attributes: RequestAttributes): string {
  const who = `User ${quoted(user.username)} cannot ${attributes.verb}`;
  if (attributes.kind === 'path') return `${who} path ${quoted(attributes.path)}`;
  const { resource, subresource, group, namespace } = attributes;
  const what = `resource ${quoted(subresource ? `${resource}/${subresource}` : resource)} in API group ${quoted(group)}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${quoted(namespace)}`;
  return `${who} ${what} ${where}`;
}

/** The 403 of a request that the authorizer refused; `reason` is its own remark, '' for none. */
export function forbidden(user: UserInfo, attributes: RequestAttributes, reason: string): StatusError {
  const message = forbiddenMessage(user, attributes);
  const why = reason === '' ? message : `${message}: ${reason}`;
  if (attributes.kind === 'path') return StatusError.forbidden({ group: '', resource: '' }, '', why);
  const { group, resource, name } = attributes;
  return StatusError.forbidden({ group, resource }, name, why);
}
