import { type KubeObject, labelMatcherOf, parseApiVersion } from '#apimachinery';
import type { Kind, ParamKind, ParamRef } from '#kinds';
import { namespaceOf } from '../dynamic/attributes.js';
import type { AdmissionReads, AdmissionRequest } from '../plugin.js';

/** The policy or its binding cannot be used as it is: failurePolicy says what follows. */
export class ConfigurationFailure extends Error {}

/** undefined: the policy takes none. Fails with ConfigurationFailure when nothing of that kind is served. */
export function paramKindOf(paramKind: ParamKind | undefined, { kinds }: AdmissionRequest): Kind | undefined {
  if (!paramKind) return undefined;
  const { apiVersion = '', kind = '' } = paramKind;
  const gv = parseApiVersion(apiVersion);
  const found = gv && kinds.byKind({ ...gv, kind });
  if (found) return found;
  const shown = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
  throw new ConfigurationFailure(`failed to find resource referenced by paramKind: '${shown}, Kind=${kind}'`);
}

/**
 * What `params` is, one evaluation for each. Fails with ConfigurationFailure. Models CollectParams of apiserver's
 * plugin/policy (1.36): without a paramRef the expressions run once, with null.
 */
export async function collectParams(
  kind: Kind | undefined,
  ref: ParamRef | undefined,
  request: AdmissionRequest,
  reads: AdmissionReads,
): Promise<readonly (KubeObject | null)[]> {
  if (!kind || !ref) return [null];
  const namespace = paramNamespace(kind, ref, request);
  const found = await find(kind, ref, namespace, reads);
  if (found.length === 0 && ref.parameterNotFoundAction === 'Deny') {
    throw new ConfigurationFailure('no params found for policy binding with `Deny` parameterNotFoundAction');
  }
  return found;
}

function paramNamespace(kind: Kind, ref: ParamRef, request: AdmissionRequest): string {
  if (!kind.namespaced) {
    if (!ref.namespace) return '';
    throw new ConfigurationFailure('paramRef.namespace must not be provided for a cluster-scoped `paramKind`');
  }
  const namespace = ref.namespace || namespaceOf(request);
  if (namespace !== '') return namespace;
  throw new ConfigurationFailure(
    'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources',
  );
}

async function find(
  kind: Kind,
  ref: ParamRef,
  namespace: string,
  reads: AdmissionReads,
): Promise<readonly KubeObject[]> {
  if (ref.name) {
    const param = await reads.get(kind, namespace, ref.name);
    return param ? [param] : [];
  }
  const selector = labelMatcherOf(ref.selector);
  const all = await reads.list(kind, kind.namespaced ? namespace : undefined);
  return all.filter(({ metadata }) => selector.matches(metadata.labels));
}
