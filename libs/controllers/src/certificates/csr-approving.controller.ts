import type { KubeObject } from '#apimachinery';
import { defineController, type ObjectKey } from '#controller-runtime';
import {
  type CertificateRequest,
  type CertificateSigningRequest,
  certificateSigningRequestKind,
  parseCertificateRequest,
  type SubjectAccessReview,
} from '#kinds';
import { CERTIFICATE_CONTROLLER, hasCondition, KUBELET_CLIENT, kubeletClientFailure } from './signing-requests.js';

export interface ApprovingDeps {
  request(name: string): CertificateSigningRequest | undefined;
  /** May the requester create certificatesigningrequests/{subresource}? */
  may(request: CertificateSigningRequest, subresource: string): Promise<boolean>;
  approve(request: CertificateSigningRequest): Promise<unknown>;
}

const ACCESS_REVIEWS = {
  group: 'authorization.k8s.io',
  version: 'v1',
  resource: 'subjectaccessreviews',
  kind: 'SubjectAccessReview',
  namespaced: false,
};

/** Approves the certificates by which kubelets join and renew themselves. Models kube-controller-manager csrapproving (1.36). */
export const csrApprovingController = defineController<ApprovingDeps>({
  name: 'csrapproving',
  identity: CERTIFICATE_CONTROLLER,
  reconciles: certificateSigningRequestKind,
  deps: ({ api, informers }) => ({
    request: (name) => informers.of<CertificateSigningRequest>(certificateSigningRequestKind).get('', name),
    async may({ spec: { username = '', uid, groups = [], extra } }, subresource) {
      const resourceAttributes = {
        group: certificateSigningRequestKind.group,
        resource: certificateSigningRequestKind.resource,
        verb: 'create',
        subresource,
      };
      const subject = { user: username, groups, ...(uid ? { uid } : {}), ...(extra ? { extra } : {}) };
      const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', metadata: {} };
      const answer = await api.create<KubeObject>(ACCESS_REVIEWS, {
        ...review,
        ...{ spec: { ...subject, resourceAttributes } },
      });
      return (answer as SubjectAccessReview).status?.allowed === true;
    },
    approve: (request) => api.update(certificateSigningRequestKind, request, 'approval'),
  }),
  reconcile,
});

/** In upstream's order: renewing its own first. */
const RECOGNIZED = [
  {
    subresource: 'selfnodeclient',
    matches: ({ spec }: CertificateSigningRequest, { commonName }: CertificateRequest) => spec.username === commonName,
    message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
  },
  {
    subresource: 'nodeclient',
    matches: () => true,
    message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
  },
];

export async function reconcile(deps: ApprovingDeps, { name }: ObjectKey): Promise<void> {
  const request = deps.request(name);
  if (!request || request.status?.certificate) return;
  if (hasCondition(request, 'Approved') || hasCondition(request, 'Denied')) return;
  if (request.spec.signerName !== KUBELET_CLIENT) return;
  const parsed = parseCertificateRequest(request.spec.request);
  if (kubeletClientFailure(parsed, request.spec.usages ?? []) !== undefined) return;
  for (const { subresource, matches, message } of RECOGNIZED) {
    if (!matches(request, parsed) || !(await deps.may(request, subresource))) continue;
    const condition = { type: 'Approved', status: 'True', reason: 'AutoApproved', message };
    const conditions = [...(request.status?.conditions ?? []), condition];
    await deps.approve({ ...request, status: { ...request.status, conditions } });
    return;
  }
}
