import type { PolicyRule } from '../rbac/policy-rule.js';

/** Lists are written as words: 'get list watch'. Sorted, as upstream's rule builder leaves them and clusters show them. */
const words = (text: string): string[] =>
  text
    .split(' ')
    .filter((word) => word !== '')
    .toSorted();

export const READ = 'get list watch';
export const WRITE = 'create update patch delete deletecollection';
export const READ_WRITE = `${READ} ${WRITE}`;

/** `group` '' is the core group; several are joined by '|': 'apps|extensions'. */
export function allow(verbs: string, group: string, resources: string, names = ''): PolicyRule {
  return {
    verbs: words(verbs),
    apiGroups: group.split('|').toSorted(),
    resources: words(resources),
    ...(names === '' ? {} : { resourceNames: words(names) }),
  };
}

export function allowPaths(verbs: string, paths: string): PolicyRule {
  return { verbs: words(verbs), nonResourceURLs: words(paths) };
}

export const EVENT_GROUPS = '|events.k8s.io';
export const EVENTS = allow('create update patch', EVENT_GROUPS, 'events');

/** Leader election of one component; `verbs` on its own lease. */
export function leases(component: string, verbs = 'get update'): PolicyRule[] {
  return [allow('create', 'coordination.k8s.io', 'leases'), allow(verbs, 'coordination.k8s.io', 'leases', component)];
}
