import { decodeBody, type FieldError, fieldError, type KubeObject, rfc3339, StatusError } from '#apimachinery';
import { type Bound, issueToken, API_AUDIENCES, type TokenWish } from '#auth';
import {
  type AuthenticationV1TokenRequest,
  type Kind,
  nodeKind,
  type Pod,
  podKind,
  secretKind,
  serviceAccountKind,
  type TokenRequestSpec,
} from '#kinds';
import type { Parts } from '../parts.js';
import type { Body, RequestContext, SubresourceHandler } from '../request.js';
import { admissionOptions } from '../write/admission-options.js';
import { admissionReads, admissionRequest, readsOf } from '../write/admit.js';

const SECONDS_DEFAULT = 3600;
const SECONDS_MIN = 600;
const SECONDS_MAX = 2 ** 32;
const KIND = { group: 'authentication.k8s.io', kind: 'TokenRequest' };
const GVK = { ...KIND, version: 'v1' };
const API = { kind: KIND.kind, apiVersion: `${KIND.group}/v1` };
const SERVICE_ACCOUNTS = { group: '', resource: 'serviceaccounts' };
const BINDABLE: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['Pod', podKind],
  ['Secret', secretKind],
  ['Node', nodeKind],
]);

/** What kubelets ask for pods that were made for tokens without an end: those live a year, and remind after that. */
const EXTENDED_AT_SECONDS = 3607;
const EXTENDED_SECONDS = 365 * 24 * 60 * 60;

/** `kubectl create token`: POST serviceaccounts/token. Models pkg/registry/core/serviceaccount/storage/token.go (1.36). */
export function tokenRequest(parts: Parts): SubresourceHandler {
  return async (ctx, target, body, options = {}) => {
    const namespace = target.namespace ?? '';
    const request = bodyOf(body);
    const admitted = { operation: 'CREATE', object: request, old: undefined, bodyKind: GVK } as const;
    const admission = admissionRequest(ctx, target, { ...admitted, ...admissionOptions('CreateOptions', options) });
    const reads = admissionReads(parts, ctx);
    await parts.admission.mutate(admission, reads);
    checkNames(request, target.name, namespace);
    const account = await reads.get(serviceAccountKind, namespace, target.name);
    if (!account) throw StatusError.notFound(SERVICE_ACCOUNTS, target.name);
    const nowMs = ctx.env.clock.nowMs();
    const spec = completed(request, account, rfc3339(nowMs));
    await parts.admission.validate(admission, reads);
    const authenticator = parts.authenticatorOf(ctx.env.id);
    if (!authenticator) throw StatusError.unavailable('this cluster issues no tokens');
    const { uid = '' } = account.metadata;
    const wish: TokenWish = {
      namespace,
      account: { name: target.name, uid },
      audiences: spec.audiences,
      expirationSeconds: spec.expirationSeconds ?? SECONDS_DEFAULT,
      ...(await boundOf(parts, ctx, namespace, target.name, spec)),
    };
    const isExtended =
      wish.bound?.kind === 'Pod' &&
      wish.expirationSeconds === EXTENDED_AT_SECONDS &&
      wish.audiences.every((audience) => API_AUDIENCES.includes(audience));
    const extended = { ...wish, expirationSeconds: EXTENDED_SECONDS, warnAfterSeconds: EXTENDED_AT_SECONDS };
    const answer = {
      kind: KIND.kind,
      apiVersion: `${KIND.group}/v1`,
      metadata: { name: target.name, namespace, uid, creationTimestamp: rfc3339(nowMs) },
      spec: {
        audiences: wish.audiences,
        expirationSeconds: wish.expirationSeconds,
        ...(spec.boundObjectRef ? { boundObjectRef: spec.boundObjectRef } : {}),
      },
      status: {
        token: issueToken(authenticator.serviceAccountKey, isExtended ? extended : wish, nowMs, ctx.env.random),
        expirationTimestamp: rfc3339(nowMs + wish.expirationSeconds * 1000),
      },
    };
    return { status: 201, text: JSON.stringify(answer) };
  };
}

function bodyOf(body: Body | undefined): TokenRequest {
  const value = !body ? {} : 'object' in body ? body.object : decodeBody(body.bytes, body.format, KIND.kind).value;
  const { kind = KIND.kind, metadata, spec } = (value ?? {}) as Partial<AuthenticationV1TokenRequest>;
  if (kind !== KIND.kind) throw StatusError.badRequest(`expected a TokenRequest, got ${JSON.stringify(kind)}`);
  return { ...API, metadata: { ...metadata }, spec: withoutNulls(spec ?? null) };
}

type TokenRequest = KubeObject & { spec: Partial<TokenRequestSpec> };

function checkNames({ metadata }: TokenRequest, name: string, namespace: string): void {
  if (metadata.name && metadata.name !== name) {
    const why = 'must match the service account name if specified';
    throw StatusError.invalid(KIND, name, [fieldError.invalid('metadata.name', metadata.name, why)]);
  }
  if (metadata.namespace && metadata.namespace !== namespace) {
    const why = 'must match the service account namespace if specified';
    throw StatusError.invalid(KIND, name, [fieldError.invalid('metadata.namespace', metadata.namespace, why)]);
  }
}

/** What the server fills in before it validates: in place, so that admission sees it. Fails with 409 and 422. */
function completed(request: TokenRequest, account: KubeObject, now: string): CompleteSpec {
  const { name = '', namespace = '', uid = '' } = account.metadata;
  if (request.metadata.uid && request.metadata.uid !== uid) {
    const why = `the UID in the token request (${request.metadata.uid}) does not match the UID of the service account (${uid})`;
    throw StatusError.conflict({ group: KIND.group, resource: KIND.kind }, name, why);
  }
  request.metadata = { ...request.metadata, name, namespace, uid, creationTimestamp: now };
  // Go clients write what they do not set as null.
  const spec = withoutNulls(request.spec ?? null);
  checkSpec(spec);
  const audiences = spec.audiences?.length ? spec.audiences : [...API_AUDIENCES];
  const complete = { ...spec, audiences, expirationSeconds: spec.expirationSeconds ?? SECONDS_DEFAULT };
  request.spec = complete;
  return complete;
}

type CompleteSpec = TokenRequestSpec & { audiences: string[] };

/** Models ValidateTokenRequest (1.36). */
function checkSpec({ expirationSeconds: seconds, audiences }: Partial<TokenRequestSpec>): void {
  const errors: FieldError[] = [];
  if (seconds !== undefined) {
    const at = 'spec.expirationSeconds';
    if (!Number.isInteger(seconds)) errors.push(fieldError.invalid(at, seconds, 'must be an integer'));
    else if (seconds < SECONDS_MIN) {
      errors.push(fieldError.invalid(at, seconds, 'may not specify a duration less than 10 minutes'));
    } else if (seconds > SECONDS_MAX) {
      errors.push(fieldError.invalid(at, seconds, 'may not specify a duration larger than 2^32 seconds'));
    }
  }
  if (audiences !== undefined && !(Array.isArray(audiences) && audiences.every((one) => typeof one === 'string'))) {
    errors.push(fieldError.invalid('spec.audiences', audiences, 'must be a list of strings'));
  }
  if (errors.length > 0) throw StatusError.invalid(KIND, '', errors);
}

function withoutNulls(spec: TokenRequestSpec | null): Partial<TokenRequestSpec> {
  return Object.fromEntries(Object.entries(spec ?? {}).filter(([, value]) => value !== null));
}

/** The object that the token lives no longer than, when one is named: it must be there, and the pod must be the account's. */
async function boundOf(
  parts: Parts,
  ctx: RequestContext,
  namespace: string,
  account: string,
  { boundObjectRef: ref }: TokenRequestSpec,
): Promise<Pick<TokenWish, 'bound' | 'node'>> {
  if (!ref) return {};
  const { name = '' } = ref;
  const kind = BINDABLE.get(ref.kind ?? '');
  if (!kind || (ref.apiVersion ?? 'v1') !== 'v1') {
    // As Go prints a kind: the core group has no name before the slash.
    const { apiVersion = '' } = ref;
    const gv = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
    throw StatusError.badRequest(`cannot bind token to object of type ${gv}, Kind=${ref.kind ?? ''}`);
  }
  const about = { group: '', resource: kind.resource };
  const reads = readsOf(parts, ctx.env.id);
  const object = await reads.get(kind, kind.namespaced ? namespace : '', name);
  if (!object) throw StatusError.notFound(about, name);
  const uid = object.metadata.uid ?? '';
  if (ref.uid && ref.uid !== uid) {
    const why = `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw StatusError.conflict({ group: '', resource: kind.kind }, name, why);
  }
  const bound: Bound = { kind: kind.kind as Bound['kind'], name, uid };
  if (kind !== podKind) return { bound };
  const { spec } = object as Pod;
  if (spec?.serviceAccountName !== account) {
    throw StatusError.badRequest(
      `cannot bind token for serviceaccount "${account}" to pod running with different serviceaccount name.`,
    );
  }
  if (!spec.nodeName) return { bound };
  const node = await reads.get(nodeKind, '', spec.nodeName);
  return { bound, node: { name: spec.nodeName, uid: node?.metadata.uid ?? '' } };
}
