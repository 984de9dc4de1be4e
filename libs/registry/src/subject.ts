import { groupResourceName, type Subject } from '#apimachinery';
import type { Kind } from '#kinds';
import type { Target } from './request.js';

/** What error texts call a kind: its resource in its group. */
export function subjectOf(kind: Kind): Subject {
  return { group: kind.group, resource: kind.resource };
}

/** 'pods', 'deployments.apps': how tables of this library name a resource of any version. */
export function groupResourceOf(kind: Pick<Kind, 'group' | 'resource'>): string {
  return groupResourceName(kind.group, kind.resource);
}

/** 'serviceaccounts/token': how subresource handlers are listed. */
export function handlerKey(target: Target): string {
  return `${groupResourceOf(target.kind)}/${target.subresource ?? ''}`;
}
