import { defineController, type ObjectKey, type Outcome } from '#controller-runtime';
import { type CertificateSigningRequest, certificateSigningRequestKind } from '#kinds';
import { unlessGone } from '../failures.js';
import { CERTIFICATE_CONTROLLER } from './signing-requests.js';

const HOUR_MS = 60 * 60 * 1000;
/** How long a request stays after it was decided, and when nobody decides. */
const DECIDED_MS = HOUR_MS;
const PENDING_MS = 24 * HOUR_MS;

export interface CleanerDeps {
  nowMs(): number;
  request(name: string): CertificateSigningRequest | undefined;
  isExpired(certificate: string): boolean;
  delete(request: CertificateSigningRequest): Promise<unknown>;
}

/**
 * Old certificate requests go. Models kube-controller-manager csrcleaner (1.36). Differs: each goes when its time has come,
 * not at the next hourly look.
 */
export const csrCleanerController = defineController<CleanerDeps>({
  name: 'csrcleaner',
  identity: CERTIFICATE_CONTROLLER,
  reconciles: certificateSigningRequestKind,
  deps: ({ env, api, informers, signer }) => ({
    nowMs: () => env.clock.nowMs(),
    request: (name) => informers.of<CertificateSigningRequest>(certificateSigningRequestKind).get('', name),
    isExpired: (certificate) => signer?.isExpired(certificate) ?? false,
    delete: ({ metadata }) =>
      unlessGone(
        api.delete(certificateSigningRequestKind, '', metadata.name!, { preconditions: { uid: metadata.uid! } }),
      ),
  }),
  reconcile,
});

export async function reconcile(deps: CleanerDeps, { name }: ObjectKey): Promise<Outcome> {
  const request = deps.request(name);
  if (!request) return;
  const leftMs = deadlineOf(request) - deps.nowMs();
  const { certificate } = request.status ?? {};
  if (leftMs >= 0 && !(certificate && deps.isExpired(certificate))) {
    return Number.isFinite(leftMs) ? { requeueAfterMs: leftMs + 1 } : undefined;
  }
  await deps.delete(request);
}

/** Infinity: it stays as long as its certificate is good, or its signer may still come. */
function deadlineOf({ metadata, status }: CertificateSigningRequest): number {
  const conditions = status?.conditions ?? [];
  if (conditions.length === 0) return Date.parse(metadata.creationTimestamp!) + PENDING_MS;
  const decided = conditions.filter(
    ({ type }) => type === 'Denied' || type === 'Failed' || (type === 'Approved' && status?.certificate),
  );
  const times = decided.map(({ lastUpdateTime }) => Date.parse(lastUpdateTime ?? ''));
  return Math.min(...times.filter((time) => !Number.isNaN(time))) + DECIDED_MS;
}
