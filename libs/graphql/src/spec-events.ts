import type { KindEvent } from './kind-watch.js';

/** 'ADDED default/web@5', 'BOOKMARK @7': how specs look at events. */
export function shownEvent({ type, object, resourceVersion }: KindEvent): string {
  const { namespace = '', name = '' } = object?.object().metadata ?? {};
  return `${type} ${object ? `${namespace}/${name}` : ''}@${resourceVersion}`;
}
