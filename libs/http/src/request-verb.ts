import type { Query } from './query.js';
import type { ResourceInfo } from './request-info.js';

/** What a request wants of a resource, in the words of the authorizer. */
export type Action = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** undefined: nothing that a resource could do. Models RequestInfoFactory (1.36). */
export function actionOf(method: string, info: ResourceInfo, query: Query): Action | undefined {
  switch (method) {
    case 'GET':
    case 'HEAD': {
      const watch = info.watch || (query.flag('watch') === true && info.subresource === '');
      if (watch) return 'watch';
      return info.name === '' ? 'list' : 'get';
    }
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return info.name === '' ? 'deletecollection' : 'delete';
    default:
      return undefined;
  }
}

/** The same with a word for everything. */
export function verbOf(method: string, info: ResourceInfo, query: Query): string {
  return actionOf(method, info, query) ?? method.toLowerCase();
}
