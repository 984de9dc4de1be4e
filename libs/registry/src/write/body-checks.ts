import { type KubeObject, StatusError } from '#apimachinery';
import type { Target } from '../request.js';

/** The namespace of the URL, put into the object or compared with it. Models EnsureObjectNamespaceMatchesRequestNamespace (1.36). */
export function settleNamespace(target: Target, object: KubeObject): void {
  const asked = target.kind.namespaced ? (target.namespace ?? '') : '';
  const { metadata } = object;
  if (asked === '') {
    delete metadata.namespace;
  } else if (!metadata.namespace) {
    metadata.namespace = asked;
  } else if (metadata.namespace !== asked) {
    throw StatusError.badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
}

/** Of updates: the body names the object of the URL. Models checkName (1.36). */
export function checkName(target: Target, object: KubeObject): void {
  const { name = '' } = target;
  const sent = object.metadata.name ?? '';
  if (sent === '') {
    throw StatusError.badRequest(
      `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
    );
  }
  if (sent !== name) {
    throw StatusError.badRequest(`the name of the object (${sent}) does not match the name on the URL (${name})`);
  }
  const asked = target.kind.namespaced ? (target.namespace ?? '') : '';
  const sentNamespace = object.metadata.namespace ?? '';
  if (asked !== '' && sentNamespace !== '' && sentNamespace !== asked) {
    throw StatusError.badRequest(
      `the namespace of the object (${sentNamespace}) does not match the namespace on the request (${asked})`,
    );
  }
}
