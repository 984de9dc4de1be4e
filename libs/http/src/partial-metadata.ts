import type { Found } from '#registry';

/** meta/v1 PartialObjectMetadata: the metadata alone, for clients that need no more. */
export function partialMetadataText(found: Found, metaVersion: string): string {
  const metadata = JSON.stringify(found.object().metadata);
  return `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/${metaVersion}","metadata":${metadata}}`;
}
