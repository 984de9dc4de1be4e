import { mayForSigner } from '#admission';
import { fieldError, type KubeObject, StatusError } from '#apimachinery';
import type { V1beta1PodCertificateRequest } from '#kinds';
import type { Parts } from '../parts.js';
import type { RequestContext, Target } from '../request.js';
import { readsOf } from './admit.js';

/**
 * Who gives a pod its certificate must have the right to sign for the signer that it asked. Models the status strategy of
 * pkg/registry/certificates/podcertificaterequest (1.36).
 */
export async function refuseUnsigned(
  parts: Parts,
  ctx: RequestContext,
  { kind, subresource }: Target,
  object: KubeObject,
  old: KubeObject,
): Promise<void> {
  if (kind.resource !== 'podcertificaterequests' || subresource !== 'status') return;
  const { spec, status: before } = old as V1beta1PodCertificateRequest;
  const { status } = object as V1beta1PodCertificateRequest;
  if ((status?.certificateChain ?? '') === (before?.certificateChain ?? '')) return;
  const { signerName } = spec;
  if (await mayForSigner(ctx, readsOf(parts, ctx.env.id), 'sign', signerName)) return;
  const who = JSON.stringify(ctx.user.username);
  const why = `User ${who} is not permitted to "sign" for signer ${JSON.stringify(signerName)}`;
  throw StatusError.invalid({ group: kind.group, kind: kind.kind }, object.metadata.name ?? '', [
    fieldError.forbidden('spec.signerName', why),
  ]);
}
