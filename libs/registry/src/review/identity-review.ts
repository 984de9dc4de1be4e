import { StatusError } from '#apimachinery';
import type { RbacAuthorizer, UserInfo } from '#auth';
import type { SelfSubjectRulesReview, TokenReview } from '#kinds';
import type { Parts } from '../parts.js';
import type { CreateHandler } from '../request.js';

/** `kubectl auth whoami`. Models pkg/registry/authentication/selfsubjectreview (1.36). */
export const selfSubjectReview: CreateHandler = async (ctx, _target, object) => ({
  ...object,
  ...{ status: { userInfo: shown(ctx.user) } },
});

/**
 * `kubectl auth can-i --list`: the rules that hold for the asker in a namespace. Models pkg/registry/authorization/
 * selfsubjectrulesreview (1.36), which answers with nothing of what was asked.
 */
export function selfSubjectRulesReview(parts: Parts): CreateHandler {
  return async (ctx, _target, object) => {
    const namespace = (object as SelfSubjectRulesReview).spec?.namespace ?? '';
    if (namespace === '') throw StatusError.badRequest('no namespace on request');
    const authorizer = parts.authorizerOf(ctx.env.id) as Partial<RbacAuthorizer>;
    const found = await authorizer.rulesOf?.(ctx.user, namespace);
    const rules = found?.rules ?? [];
    const status = {
      resourceRules: rules
        .filter((rule) => rule.resources?.length)
        .map(({ verbs, apiGroups, resources, resourceNames }) => ({ verbs, apiGroups, resources, resourceNames })),
      nonResourceRules: rules
        .filter((rule) => rule.nonResourceURLs?.length)
        .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
      incomplete: found?.incomplete ?? true,
      ...(found?.evaluationError ? { evaluationError: found.evaluationError } : {}),
    };
    return { ...object, metadata: {}, ...{ spec: {}, status } };
  };
}

/** Whose token is this? Models pkg/registry/authentication/tokenreview (1.36). */
export function tokenReview(parts: Parts): CreateHandler {
  return async (ctx, _target, object) => {
    const { token = '', audiences } = (object as TokenReview).spec ?? {};
    if (token === '') throw StatusError.badRequest('token is required for TokenReview in authentication');
    const authenticator = parts.authenticatorOf(ctx.env.id);
    const answer = await authenticator?.reviewToken(token, audiences?.length ? audiences : undefined);
    const status =
      answer && 'user' in answer
        ? { authenticated: true, user: shown(answer.user), audiences: answer.audiences }
        : { user: {}, error: answer?.refusal ?? 'invalid bearer token' };
    return { ...object, ...{ status } };
  };
}

function shown({ username, uid, groups, extra }: UserInfo): object {
  return { username, ...(uid ? { uid } : {}), groups, ...(extra ? { extra } : {}) };
}
