import type { AdmissionRequest } from '#admission';
import type { DeleteRequest, WriteOptions } from '../request.js';

const API_VERSION = 'meta.k8s.io/v1';

type Options = Pick<AdmissionRequest, 'dryRun' | 'options'>;

/** What webhooks and policies are told of a write's options. A patch counts as what it comes to. */
export function admissionOptions(kind: 'CreateOptions' | 'UpdateOptions', options: WriteOptions): Options {
  const { dryRun = false, fieldManager, fieldValidation } = options;
  return {
    dryRun,
    options: {
      kind,
      apiVersion: API_VERSION,
      ...(dryRun ? { dryRun: ['All'] } : {}),
      ...(fieldManager ? { fieldManager } : {}),
      ...(fieldValidation ? { fieldValidation } : {}),
    },
  };
}

export function deletionOptions(request: DeleteRequest): Options {
  const { dryRun = false, gracePeriodSeconds, preconditions, orphanDependents, propagationPolicy } = request;
  return {
    dryRun,
    options: {
      kind: 'DeleteOptions',
      apiVersion: API_VERSION,
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
      ...(preconditions === undefined ? {} : { preconditions }),
      ...(orphanDependents === undefined ? {} : { orphanDependents }),
      ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
      ...(dryRun ? { dryRun: ['All'] } : {}),
    },
  };
}
