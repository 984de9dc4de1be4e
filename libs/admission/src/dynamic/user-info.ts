import type { AdmissionRequest } from '../plugin.js';

/** authentication/v1 UserInfo: what is empty is left out. */
export function userInfoOf({ user }: AdmissionRequest): object {
  const { username, uid, groups, extra } = user;
  return {
    username,
    ...(uid ? { uid } : {}),
    ...(groups.length > 0 ? { groups } : {}),
    ...(extra && Object.keys(extra).length > 0 ? { extra } : {}),
  };
}
