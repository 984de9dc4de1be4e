import type { AdmissionReads } from '#admission';
import { deepEqual, dns1123Subdomain, type FieldError, fieldError, type KubeObject } from '#apimachinery';
import { forbidden, type RequestAttributes } from '#auth';
import {
  namespaceKind,
  type ResourceClaimStatus,
  type ResourceV1ResourceClaim,
  type ResourceClaimTemplate,
} from '#kinds';
import { attributesOf } from '../authorization.js';
import type { Parts } from '../parts.js';
import type { RequestContext, Target } from '../request.js';
import { readsOf } from './admit.js';

/** What goes beyond the right to write a claim at all. Models pkg/registry/resource AuthorizedFor… (1.36). */

const GROUP = 'resource.k8s.io';
const ADMIN_LABEL = 'resource.kubernetes.io/admin-access';
const NODE_NAME = 'authentication.kubernetes.io/node-name';
const SERVICE_ACCOUNT = /^system:serviceaccount:[^:]+:[^:]+$/;
const NONE: readonly FieldError[] = [];

/** One write, and the claim as it was. */
export interface ClaimWrite {
  readonly verb: 'create' | 'update' | 'patch';
  readonly object: KubeObject;
  readonly old?: KubeObject;
}

/** Errors of claims and their templates; nothing is asked about anything else. */
export async function claimRightErrors(
  parts: Parts,
  ctx: RequestContext,
  target: Target,
  { verb, object, old }: ClaimWrite,
): Promise<readonly FieldError[]> {
  const { kind, subresource } = target;
  if (kind.group !== GROUP || !kind.resource.startsWith('resourceclaim')) return NONE;
  const reads = readsOf(parts, ctx.env.id);
  const v1Of = (claim: KubeObject): KubeObject => kind.toStorage?.(claim) ?? claim;
  if (!old) {
    const at = adminRequest(v1Of(object));
    return at === undefined ? NONE : adminErrors(reads, target, at);
  }
  if (subresource !== 'status') return NONE;
  const status = (v1Of(object) as ResourceV1ResourceClaim).status ?? {};
  const before = (v1Of(old) as ResourceV1ResourceClaim).status ?? {};
  const at = adminResult(before) === undefined ? adminResult(status) : undefined;
  const asked: Asked = { reads, ctx, target, verb };
  return [
    ...(at === undefined ? NONE : await adminErrors(reads, target, at)),
    ...(await bindingErrors(asked, status, before)),
    ...(await driverErrors(asked, status, before)),
  ];
}

/** Where access past all rules is asked for. A template's is told as if it were a claim's, as upstream does. */
function adminRequest(object: KubeObject): string | undefined {
  const { spec } = object as Partial<ResourceV1ResourceClaim>;
  const claim = spec?.devices ?? (object as Partial<ResourceClaimTemplate>).spec?.spec?.devices;
  const i = (claim?.requests ?? []).findIndex(({ exactly }) => exactly?.adminAccess === true);
  return i === -1 ? undefined : `spec.devices.requests[${i}].adminAccess`;
}

function adminResult({ allocation }: ResourceClaimStatus): string | undefined {
  const i = (allocation?.devices?.results ?? []).findIndex(({ adminAccess }) => adminAccess === true);
  return i === -1 ? undefined : `status.allocation.devices.results[${i}].adminAccess`;
}

/** Only a namespace that is marked for it may have it. */
async function adminErrors(reads: AdmissionReads, { namespace = '' }: Target, at: string): Promise<FieldError[]> {
  const found = await reads.get(namespaceKind, '', namespace);
  if (found?.metadata.labels?.[ADMIN_LABEL] === 'true') return [];
  const why = `admin access to devices requires the \`${ADMIN_LABEL}: true\` label on the containing namespace`;
  return [fieldError.forbidden(at, why)];
}

interface Asked {
  readonly reads: AdmissionReads;
  readonly ctx: RequestContext;
  readonly target: Target;
  readonly verb: string;
}

/** Why not, in the words of a refused request; undefined: the user may. */
async function refusalOf({ reads, ctx }: Asked, attributes: RequestAttributes): Promise<string | undefined> {
  const { allowed, reason } = await reads.authorize(ctx.user, attributes);
  return allowed ? undefined : forbidden(ctx.user, attributes, reason).message;
}

/** Giving devices to claims and claims to pods is the scheduler's. */
async function bindingErrors(
  asked: Asked,
  status: ResourceClaimStatus,
  before: ResourceClaimStatus,
): Promise<FieldError[]> {
  const isSame =
    deepEqual(status.allocation ?? null, before.allocation ?? null) &&
    deepEqual(status.reservedFor ?? [], before.reservedFor ?? []);
  if (isSame) return [];
  const { target, verb } = asked;
  const anywhere = { ...target, subresource: 'binding', namespace: '' };
  const why = await refusalOf(asked, attributesOf(verb, anywhere, ''));
  if (why === undefined) return [];
  const needed = `resource="resourceclaims/binding", verb="${verb}" permission`;
  const text = `changing status.allocation or status.reservedFor requires ${needed}: ${why}`;
  return [fieldError.forbidden('status.allocation', text)];
}

/** What a driver says of its devices is its own to say; on the node of the claim a lesser right is enough. */
async function driverErrors(
  asked: Asked,
  status: ResourceClaimStatus,
  before: ResourceClaimStatus,
): Promise<FieldError[]> {
  const errors: FieldError[] = [];
  const { ctx, target, verb } = asked;
  const verbs = [...(isOnNodeOf(ctx, status) ? [`associated-node:${verb}`] : []), `arbitrary-node:${verb}`];
  for (const driver of changedDrivers(status, before)) {
    const refusals: string[] = [];
    for (const one of verbs) {
      const why = await refusalOf(asked, attributesOf(one, { ...target, subresource: 'driver' }, driver));
      if (why !== undefined) refusals.push(why);
    }
    if (refusals.length < verbs.length) continue;
    const needed = `resource="resourceclaims/driver", verb="[${verbs.join(' ')}]" permission`;
    errors.push(fieldError.forbidden('status.devices', `changing status.devices requires ${needed}: ${refusals[0]}`));
  }
  return errors;
}

/** In order of their names: those of which something came, went or changed. */
function changedDrivers(
  { devices = [] }: ResourceClaimStatus,
  { devices: before = [] }: ResourceClaimStatus,
): string[] {
  const keyOf = (one: (typeof devices)[number]) => JSON.stringify([one.driver, one.pool, one.device, one.shareID]);
  const old = new Map(before.map((device) => [keyOf(device), device]));
  const drivers = new Set<string>();
  for (const device of devices) {
    const key = keyOf(device);
    if (!deepEqual(old.get(key), device)) drivers.add(device.driver);
    old.delete(key);
  }
  for (const { driver } of old.values()) drivers.add(driver);
  return [...drivers].toSorted();
}

/** A service account whose token is of the one node that the claim was given on. */
function isOnNodeOf({ user }: RequestContext, { allocation }: ResourceClaimStatus): boolean {
  const [term, ...terms] = allocation?.nodeSelector?.nodeSelectorTerms ?? [];
  const [field, ...fields] = term?.matchFields ?? [];
  if (!field || fields.length > 0 || terms.length > 0 || term?.matchExpressions?.length) return false;
  const { key, operator, values = [] } = field;
  if (key !== 'metadata.name' || operator !== 'In' || values.length !== 1) return false;
  const nodes = user.extra?.[NODE_NAME] ?? [];
  if (!SERVICE_ACCOUNT.test(user.username) || nodes.length !== 1) return false;
  return nodes[0] === values[0] && dns1123Subdomain(nodes[0]!).length === 0;
}
