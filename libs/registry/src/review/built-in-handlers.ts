import { StatusError } from '#apimachinery';
import { type Binding, podKind } from '#kinds';
import type { Parts } from '../parts.js';
import type { CreateHandler, SubresourceHandler } from '../request.js';
import { createSubresource } from '../write/subresource.js';
import { localSubjectAccessReview, selfSubjectAccessReview, subjectAccessReview } from './access-review.js';
import { selfSubjectReview, selfSubjectRulesReview, tokenReview } from './identity-review.js';
import { tokenRequest } from './token-request.js';

/** Kinds that are answered and never stored, by resource. */
export function builtInCreators(parts: Parts): ReadonlyMap<string, CreateHandler> {
  return new Map<string, CreateHandler>([
    ['subjectaccessreviews.authorization.k8s.io', subjectAccessReview(parts)],
    ['localsubjectaccessreviews.authorization.k8s.io', localSubjectAccessReview(parts)],
    ['selfsubjectaccessreviews.authorization.k8s.io', selfSubjectAccessReview(parts)],
    ['selfsubjectrulesreviews.authorization.k8s.io', selfSubjectRulesReview(parts)],
    ['selfsubjectreviews.authentication.k8s.io', selfSubjectReview],
    ['tokenreviews.authentication.k8s.io', tokenReview(parts)],
    ['bindings', podBinding(parts)],
  ]);
}

/** Subresources that the registry answers itself, unless another handler is given. */
export function builtInHandlers(parts: Parts): ReadonlyMap<string, SubresourceHandler> {
  return new Map([['serviceaccounts/token', tokenRequest(parts)]]);
}

/** The older way to bind: POST bindings, the pod named in the body. */
function podBinding(parts: Parts): CreateHandler {
  return async (ctx, target, object, options) => {
    const { name } = (object as Binding).metadata;
    if (!name) throw StatusError.badRequest('name must be provided');
    const pod = { kind: podKind, namespace: target.namespace, name, subresource: 'binding' };
    return (await createSubresource(parts, ctx, pod, { object }, { ...options, admitted: true })).object();
  };
}
