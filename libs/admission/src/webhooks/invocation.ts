import { StatusError } from '#apimachinery';
import type { Kind } from '#kinds';
import { type Attributes, attributesAs, equivalentsOf, namespaceOf, seenAs } from '../dynamic/attributes.js';
import { ruleMatches } from '../dynamic/rule-match.js';
import { namespaceMatches, objectMatches } from '../dynamic/selector-match.js';
import { userInfoOf } from '../dynamic/user-info.js';
import type { AdmissionReads, AdmissionRequest } from '../plugin.js';
import { authorizerInputs, policyInputs } from '../policies/inputs.js';
import { evaluateConditions } from '../policies/match-conditions.js';
import { withRights } from '../policies/rights.js';
import type { Hook } from './hook.js';

/** A webhook that is to be called, and the version in which it wants the object. */
export interface Invocation {
  readonly hook: Hook;
  readonly as: Kind;
}

/** undefined: this webhook is not asked about the request. Models Webhook.ShouldCallHook (1.36). */
export async function invocationOf(
  hook: Hook,
  request: AdmissionRequest,
  reads: AdmissionReads,
): Promise<Invocation | undefined> {
  if (!objectMatches(hook.objectSelector, request)) return undefined;
  const as = askedKind(hook, request);
  if (!as) return undefined;
  if (!(await namespaceMatches(hook.namespaceSelector, request, reads))) return undefined;
  if (hook.conditions.length > 0 && !(await conditionsMatch(hook, as, request, reads))) return undefined;
  return { hook, as };
}

/** Fails with 403 when the conditions cannot be told and the webhook must not be left out. */
async function conditionsMatch(
  { webhook, conditions }: Hook,
  as: Kind,
  request: AdmissionRequest,
  reads: AdmissionReads,
): Promise<boolean> {
  const inputs = await policyInputs(request, reads, await seenAs(request, as, reads));
  const result = await withRights(reads, (decide) =>
    evaluateConditions(conditions, { ...inputs, ...authorizerInputs(request, decide) }),
  );
  if ('matches' in result) return result.matches;
  if (webhook.failurePolicy === 'Ignore') return false;
  const { group, resource } = request.kind;
  throw StatusError.forbidden({ group, resource }, request.name, result.error);
}

/** The request's own kind where a rule names it, else an equivalent one that the first matching rule names. */
function askedKind({ webhook }: Hook, request: AdmissionRequest): Kind | undefined {
  const rules = webhook.rules ?? [];
  if (rules.some((rule) => ruleMatches(rule, request, request.kind))) return request.kind;
  if (webhook.matchPolicy === 'Exact') return undefined;
  const others = equivalentsOf(request);
  for (const rule of rules) {
    const found = others.find((other) => ruleMatches(rule, request, other));
    if (found) return found;
  }
  return undefined;
}

const REVIEW_KIND = 'AdmissionReview';
const REVIEW_GROUP = 'admission.k8s.io';
const REVIEW_VERSIONS = ['v1', 'v1beta1'] as const;

export interface Review {
  readonly uid: string;
  readonly version: (typeof REVIEW_VERSIONS)[number];
  readonly body: object;
}

/** The first version that both sides know; undefined: none. */
function reviewVersion(accepted: readonly string[]): Review['version'] | undefined {
  return accepted.find((version): version is Review['version'] =>
    REVIEW_VERSIONS.includes(version as Review['version']),
  );
}

/** What a webhook is asked. undefined: it understands none of our versions. Models CreateAdmissionObjects (1.36). */
export function reviewOf({ hook, as }: Invocation, request: AdmissionRequest, seen: Attributes): Review | undefined {
  const version = reviewVersion(hook.webhook.admissionReviewVersions);
  if (!version) return undefined;
  const { kind, subresource, name, operation, dryRun, options } = request;
  const asked = attributesAs({ ...request, object: undefined, old: undefined }, kind);
  const uid = request.env.random.uuid();
  const namespace = namespaceOf(request);
  const part = (field: string) => (subresource === '' ? {} : { [field]: subresource });
  const body = {
    kind: REVIEW_KIND,
    apiVersion: `${REVIEW_GROUP}/${version}`,
    request: {
      uid,
      kind: seen.kind,
      resource: { group: as.group, version: as.version, resource: as.resource },
      ...part('subResource'),
      requestKind: asked.kind,
      requestResource: asked.resource,
      ...part('requestSubResource'),
      ...(name === '' ? {} : { name }),
      ...(namespace === '' ? {} : { namespace }),
      operation,
      userInfo: userInfoOf(request),
      object: seen.object ?? null,
      oldObject: seen.old ?? null,
      dryRun,
      options,
    },
  };
  return { uid, version, body };
}
