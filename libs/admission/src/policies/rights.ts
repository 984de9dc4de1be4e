import type { CelAuthorizationDecision, CelAuthorizationQuery, CelDecide } from '#cel';
import type { RequestAttributes, UserInfo } from '#auth';
import type { AdmissionReads } from '../plugin.js';

/** So many different questions may one evaluation ask; what it asks beyond is denied. */
const QUESTIONS_MAX = 64;
const DENIED: CelAuthorizationDecision = { allowed: false };

/**
 * Evaluates what may ask the authorizer. Evaluation cannot wait, the authorizer may have to: what was asked and not known
 * is looked up, and evaluated again with the answers. So `evaluate` must have no effect but its result.
 */
export async function withRights<T>(reads: AdmissionReads, evaluate: (decide: CelDecide) => T): Promise<T> {
  const known = new Map<string, CelAuthorizationDecision>();
  for (;;) {
    const unknown = new Map<string, CelAuthorizationQuery>();
    const result = evaluate((query) => {
      const key = JSON.stringify(query);
      const decision = known.get(key);
      if (!decision && known.size + unknown.size < QUESTIONS_MAX) unknown.set(key, query);
      return decision ?? DENIED;
    });
    if (unknown.size === 0) return result;
    for (const [key, query] of unknown) known.set(key, await decisionOn(reads, query));
  }
}

async function decisionOn(reads: AdmissionReads, query: CelAuthorizationQuery): Promise<CelAuthorizationDecision> {
  const { name: username, ...rest } = query.user;
  const user: UserInfo = { username, ...rest };
  try {
    return await reads.authorize(user, attributesOf(query));
  } catch (error) {
    return { allowed: false, error: (error as Error).message };
  }
}

function attributesOf(query: CelAuthorizationQuery): RequestAttributes {
  const { verb, path, group = '', resource = '', subresource = '', namespace = '', name = '' } = query;
  if (path !== undefined) return { kind: 'path', verb, path };
  return { kind: 'resource', verb, group, version: '*', resource, subresource, namespace, name };
}
