import { rfc3339 } from '#apimachinery';
import { defineController, type ObjectKey, type RequestSigner } from '#controller-runtime';
import {
  type CertificateRequest,
  type CertificateSigningRequest,
  certificateSigningRequestKind,
  parseCertificateRequest,
} from '#kinds';
import {
  CERTIFICATE_CONTROLLER,
  CLIENT,
  clientFailure,
  hasCondition,
  KUBELET_CLIENT,
  KUBELET_SERVING,
  kubeletClientFailure,
  kubeletServingFailure,
  LEGACY,
} from './signing-requests.js';

export interface SigningDeps {
  /** undefined: nobody here can sign; requests stay as they are. */
  readonly signer: RequestSigner | undefined;
  nowMs(): number;
  request(name: string): CertificateSigningRequest | undefined;
  updateStatus(request: CertificateSigningRequest): Promise<unknown>;
}

/** What each signer refuses, by name. One that is not here is somebody else's. */
const POLICIES: ReadonlyMap<string, (request: CertificateRequest, usages: readonly string[]) => string | undefined> =
  new Map([
    [CLIENT, clientFailure],
    [KUBELET_CLIENT, kubeletClientFailure],
    [KUBELET_SERVING, kubeletServingFailure],
    [LEGACY, () => undefined],
  ]);

/**
 * Certificates for what was approved. Models kube-controller-manager csrsigning (1.36), its four signers in one: they
 * differ only by policy.
 */
export const csrSigningController = defineController<SigningDeps>({
  name: 'csrsigning',
  identity: CERTIFICATE_CONTROLLER,
  reconciles: certificateSigningRequestKind,
  deps: ({ env, api, informers, signer }) => ({
    signer,
    nowMs: () => env.clock.nowMs(),
    request: (name) => informers.of<CertificateSigningRequest>(certificateSigningRequestKind).get('', name),
    updateStatus: (request) => api.update(certificateSigningRequestKind, request, 'status'),
  }),
  reconcile,
});

export async function reconcile(deps: SigningDeps, { name }: ObjectKey): Promise<void> {
  const request = deps.request(name);
  if (!deps.signer || !request || request.status?.certificate) return;
  if (!hasCondition(request, 'Approved') || hasCondition(request, 'Denied') || hasCondition(request, 'Failed')) return;
  const { signerName, usages = [], expirationSeconds } = request.spec;
  const policy = POLICIES.get(signerName);
  if (!policy) return;
  const message = policy(parseCertificateRequest(request.spec.request), usages);
  if (message !== undefined) {
    const lastUpdateTime = rfc3339(deps.nowMs());
    const failed = { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message, lastUpdateTime };
    const conditions = [...(request.status?.conditions ?? []), failed];
    await deps.updateStatus({ ...request, status: { ...request.status, conditions } });
    return;
  }
  const certificate = await deps.signer.sign(request.spec.request, usages, expirationSeconds);
  await deps.updateStatus({ ...request, status: { ...request.status, certificate } });
}
