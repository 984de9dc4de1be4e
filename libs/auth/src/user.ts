import type { FieldRequirement } from '#apimachinery';

/** Who asks. Models authentication/v1 UserInfo. */
export interface UserInfo {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export const ANONYMOUS: UserInfo = { username: 'system:anonymous', groups: ['system:unauthenticated'] };
export const GROUP_MASTERS = 'system:masters';
export const GROUP_AUTHENTICATED = 'system:authenticated';

/** What is asked for. Models authorizer.Attributes (1.36). */
export type RequestAttributes =
  | {
      readonly kind: 'resource';
      /** 'get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', … */
      readonly verb: string;
      readonly group: string;
      readonly version: string;
      readonly resource: string;
      readonly subresource: string;
      /** '' for cluster scope or all namespaces. */
      readonly namespace: string;
      readonly name: string;
      /** What a list, watch or deletecollection asks for; absent for all. */
      readonly fieldSelector?: readonly FieldRequirement[];
    }
  | { readonly kind: 'path'; /** lower-case HTTP method */ readonly verb: string; readonly path: string };
