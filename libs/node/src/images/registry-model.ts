import type { ImageRef } from './image-ref.js';

/** Parts of names that people use when they want a pull to fail. */
const MISSING = /does-?not-?exist|non-?existent|no-such|invalid-image|broken-image|wrong-image|typo/;

/** Tags that the modelled repositories surely lack. */
const MISSING_TAG =
  /^(?:v?9{2,}(?:\.9+)*|(?:does-?not-?exist|non-?existent|no-such|invalid|broken|wrong|bad|typo|missing).*)$/;

/**
 * Why a pull fails, in containerd's words; undefined when it works. There is no registry to ask, so the name decides:
 *
 *   host ends in '.invalid', '.example' or '.test'     no such host
 *   repository says so ('does-not-exist', 'no-such')   the repository is not there, or needs a login
 *   tag says so ('nonexistent', '99.99')               the tag is not there
 */
export function pullFailure(ref: ImageRef): string | undefined {
  const { host, repository, tag, full } = ref;
  const resolve = `failed to pull and unpack image "${full}": failed to resolve reference "${full}": `;
  const hostName = host.replace(/:\d+$/, '');
  if (/\.(invalid|example|test)$/.test(hostName)) {
    const reference = ref.digest ?? tag;
    return (
      `${resolve}failed to do request: Head "https://${host}/v2/${repository}/manifests/${reference}": ` +
      `dial tcp: lookup ${hostName}: no such host`
    );
  }
  if (MISSING.test(repository)) {
    return host === 'docker.io'
      ? `${resolve}pull access denied, repository does not exist or may require authorization: ` +
          'server message: insufficient_scope: authorization failed'
      : `rpc error: code = NotFound desc = ${resolve}${full}: not found`;
  }
  if (MISSING_TAG.test(tag)) return `rpc error: code = NotFound desc = ${resolve}${full}: not found`;
  return undefined;
}
