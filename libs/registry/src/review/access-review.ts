import { type FieldError, fieldError, type KubeObject, StatusError } from '#apimachinery';
import type { RequestAttributes, UserInfo } from '#auth';
import type { NonResourceAttributes, ResourceAttributes, SubjectAccessReview } from '#kinds';
import type { Parts } from '../parts.js';
import type { CreateHandler, RequestContext, Target } from '../request.js';
import { selectorErrors, selectorFactsOf } from './selector-attributes.js';

type Attributes = { resourceAttributes?: ResourceAttributes; nonResourceAttributes?: NonResourceAttributes };

/** `kubectl auth can-i --as`: may that subject? Models pkg/registry/authorization (1.36). */
export function subjectAccessReview(parts: Parts): CreateHandler {
  return (ctx, target, object) => {
    const { spec } = object as SubjectAccessReview;
    check(target, object, [...subjectAndAttributeErrors(spec), ...metadataErrors(object, false)]);
    return answered(parts, ctx, object, subjectOf(spec), spec);
  };
}

/** The same for one namespace, so that the right to ask can be given there. */
export function localSubjectAccessReview(parts: Parts): CreateHandler {
  return (ctx, target, object) => {
    const { spec } = object as SubjectAccessReview;
    const errors = [...subjectAndAttributeErrors(spec), ...metadataErrors(object, true)];
    const asked = spec?.resourceAttributes?.namespace ?? '';
    if (spec?.nonResourceAttributes) {
      errors.push(
        fieldError.invalid(
          'spec.nonResourceAttributes',
          spec.nonResourceAttributes,
          'disallowed on this kind of request',
        ),
      );
    } else if (asked !== target.namespace) {
      errors.push(fieldError.invalid('spec.resourceAttributes.namespace', asked, 'must match metadata.namespace'));
    }
    check(target, object, errors);
    return answered(parts, ctx, object, subjectOf(spec), spec);
  };
}

/** `kubectl auth can-i`: may I? */
export function selfSubjectAccessReview(parts: Parts): CreateHandler {
  return (ctx, target, object) => {
    const { spec } = object as SubjectAccessReview;
    check(target, object, [...attributeErrors(spec), ...metadataErrors(object, false)]);
    return answered(parts, ctx, object, ctx.user, spec);
  };
}

async function answered(
  parts: Parts,
  ctx: RequestContext,
  object: KubeObject,
  user: UserInfo,
  spec: Attributes,
): Promise<KubeObject> {
  const { requirements, evaluationError } = selectorFactsOf(spec.resourceAttributes ?? {});
  const asked = attributesOf(spec);
  const attributes = requirements.length > 0 ? { ...asked, fieldSelector: requirements } : asked;
  const decision = await parts.authorizerOf(ctx.env.id).authorize(user, attributes);
  const status = {
    allowed: decision.allowed,
    ...(decision.reason === '' ? {} : { reason: decision.reason }),
    ...(evaluationError === '' ? {} : { evaluationError }),
  };
  return { ...object, ...{ status } };
}

function attributesOf({ resourceAttributes, nonResourceAttributes }: Attributes): RequestAttributes {
  if (nonResourceAttributes) {
    return { kind: 'path', verb: nonResourceAttributes.verb ?? '', path: nonResourceAttributes.path ?? '' };
  }
  const {
    verb = '',
    group = '',
    version = '',
    resource = '',
    subresource = '',
    namespace = '',
    name = '',
  } = resourceAttributes ?? {};
  return { kind: 'resource', verb, group, version, resource, subresource, namespace, name };
}

function subjectOf({ user = '', groups = [], uid, extra }: SubjectAccessReview['spec']): UserInfo {
  return { username: user, groups, ...(uid === undefined ? {} : { uid }), ...(extra ? { extra } : {}) };
}

function attributeErrors(spec: Attributes | undefined): FieldError[] {
  const { resourceAttributes, nonResourceAttributes } = spec ?? {};
  if (resourceAttributes && nonResourceAttributes) {
    return [
      fieldError.invalid(
        'spec.nonResourceAttributes',
        nonResourceAttributes,
        'cannot be specified in combination with resourceAttributes',
      ),
    ];
  }
  if (resourceAttributes) return selectorErrors(resourceAttributes);
  if (nonResourceAttributes) return [];
  return [
    fieldError.invalid(
      'spec.resourceAttributes',
      null,
      'exactly one of nonResourceAttributes or resourceAttributes must be specified',
    ),
  ];
}

/** A review is a question and has nothing to be called by; what decoding filled in does not count. */
function metadataErrors({ metadata }: KubeObject, mayHaveNamespace: boolean): FieldError[] {
  const { managedFields: _m, creationTimestamp: _c, namespace, ...rest } = metadata;
  const isEmpty = Object.values(rest).every((value) => value === undefined || value === null || value === '');
  if (isEmpty && (mayHaveNamespace || !namespace)) return [];
  return [
    fieldError.invalid('metadata', metadata, mayHaveNamespace ? 'must be empty except for namespace' : 'must be empty'),
  ];
}

function subjectErrors(spec: SubjectAccessReview['spec'] | undefined): FieldError[] {
  if (spec?.user || spec?.groups?.length) return [];
  return [fieldError.invalid('spec.user', spec?.user ?? '', 'at least one of user or group must be specified')];
}

/** In upstream's order: which of both, who, and what is wrong with the one. */
function subjectAndAttributeErrors(spec: SubjectAccessReview['spec'] | undefined): FieldError[] {
  const ofAttributes = attributeErrors(spec);
  const oneOfBoth = !spec?.resourceAttributes || !!spec.nonResourceAttributes;
  return oneOfBoth ? [...ofAttributes, ...subjectErrors(spec)] : [...subjectErrors(spec), ...ofAttributes];
}

function check({ kind }: Target, object: KubeObject, errors: readonly FieldError[]): void {
  if (errors.length === 0) return;
  throw StatusError.invalid({ group: kind.group, kind: kind.kind }, object.metadata.name ?? '', errors);
}
