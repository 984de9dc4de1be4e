import type { RequestAttributes } from './user.js';

/** What answers to a question may be remembered by. Names are left out: whoever remembers sees to it that they play no part. */
export function questionKeyOf(attributes: RequestAttributes): string {
  // NUL cannot be in any of the parts.
  if (attributes.kind === 'path') return `${attributes.verb}\0${attributes.path}`;
  const { verb, group, resource, subresource, namespace } = attributes;
  return `${verb}\0${group}\0${resource}\0${subresource}\0${namespace}`;
}
