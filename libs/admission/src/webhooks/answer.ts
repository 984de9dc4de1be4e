import { isJsonObject, type Json, type StatusCause, type StatusDetails, StatusError } from '#apimachinery';
import type { Review } from './invocation.js';

/** What a webhook says, checked. */
export interface HookAnswer {
  readonly allowed: boolean;
  readonly status: { [key: string]: Json } | undefined;
  /** A JSON patch as it came, not yet looked into. */
  readonly patch: string | undefined;
  readonly patchType: string;
  readonly warnings: readonly string[];
  readonly auditAnnotations: Readonly<Record<string, string>>;
}

/** The answer cannot be understood; `message` is upstream's. */
export class BadAnswer extends Error {}

/** Fails with BadAnswer. Models VerifyAdmissionResponse (1.36). */
export function answerOf(json: Json, { uid, version }: Review, mutating: boolean): HookAnswer {
  if (!isJsonObject(json)) throw new BadAnswer('webhook response was absent');
  const { response } = json;
  if (!isJsonObject(response ?? null)) throw new BadAnswer('webhook response was absent');
  const said = response as { [key: string]: Json };
  checkIdentity(json, said, uid, version);
  const patch = said['patch'] === undefined || said['patch'] === null ? '' : textOf(said, 'patch');
  const named = said['patchType'] !== undefined && said['patchType'] !== null;
  if (!mutating) {
    if (patch !== '') throw new BadAnswer('validating webhook may not return response.patch');
    if (named) throw new BadAnswer('validating webhook may not return response.patchType');
  } else if (version === 'v1') {
    if (patch !== '' && !named) throw new BadAnswer('webhook returned response.patch but not response.patchType');
    if (patch === '' && named) throw new BadAnswer('webhook returned response.patchType but not response.patch');
    if (named && said['patchType'] === '') throw new BadAnswer('webhook returned invalid response.patchType of ""');
  }
  const status = said['status'];
  return {
    allowed: said['allowed'] === true,
    status: isJsonObject(status ?? null) ? (status as { [key: string]: Json }) : undefined,
    patch: patch === '' ? undefined : patch,
    patchType: named ? textOf(said, 'patchType') : 'JSONPatch',
    warnings: Array.isArray(said['warnings']) ? said['warnings'].filter((one) => typeof one === 'string') : [],
    auditAnnotations: annotationsOf(said['auditAnnotations']),
  };
}

/** v1 demands what v1beta1 only compares when it is there. */
function checkIdentity(
  json: { [key: string]: Json },
  said: { [key: string]: Json },
  uid: string,
  version: string,
): void {
  const got = said['uid'] ?? '';
  if (version === 'v1' && got !== uid)
    throw new BadAnswer(`expected response.uid="${uid}", got ${JSON.stringify(got)}`);
  const named = (field: string) => (typeof json[field] === 'string' ? json[field] : '');
  const [apiVersion, kind] = [named('apiVersion'), named('kind')];
  if (version === 'v1beta1' && apiVersion === '' && kind === '') return;
  const wanted = `admission.k8s.io/${version}`;
  if (apiVersion === wanted && kind === 'AdmissionReview') return;
  const shown = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
  throw new BadAnswer(`expected webhook response of ${wanted}, Kind=AdmissionReview, got ${shown}, Kind=${kind}`);
}

function textOf(said: { [key: string]: Json }, field: string): string {
  const value = said[field];
  if (typeof value === 'string') return value;
  throw new BadAnswer(`response.${field} must be a string`);
}

function annotationsOf(value: Json | undefined): Readonly<Record<string, string>> {
  if (!isJsonObject(value ?? null)) return {};
  return Object.fromEntries(
    Object.entries(value as { [key: string]: Json }).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}

/** The refusal that a client gets. Models ToStatusErr (1.36): a code below 400 becomes 400. */
export function denialOf(name: string, status: HookAnswer['status']): StatusError {
  const { message, reason, code, details } = (status ?? {}) as Partial<Record<string, Json>>;
  const why =
    typeof message === 'string' && message !== '' ? message : typeof reason === 'string' && reason !== '' ? reason : '';
  const deniedBy = `admission webhook ${JSON.stringify(name)} denied the request`;
  return new StatusError(
    typeof code === 'number' && Number.isInteger(code) && code >= 400 && code <= 599 ? code : 400,
    typeof reason === 'string' ? reason : '',
    why === '' ? `${deniedBy} without explanation` : `${deniedBy}: ${why}`,
    detailsOf(details),
  );
}

function detailsOf(details: Json | undefined): StatusDetails | undefined {
  if (!isJsonObject(details ?? null)) return undefined;
  const { name, group, kind, uid, causes, retryAfterSeconds } = details as { [key: string]: Json };
  const text = (field: string, value: Json | undefined) => (typeof value === 'string' ? { [field]: value } : {});
  return {
    ...text('name', name),
    ...text('group', group),
    ...text('kind', kind),
    ...text('uid', uid),
    ...(Array.isArray(causes) ? { causes: causes.filter(isJsonObject) as unknown as StatusCause[] } : {}),
    ...(typeof retryAfterSeconds === 'number' ? { retryAfterSeconds } : {}),
  };
}
