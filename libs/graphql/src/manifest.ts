import { Buffer } from 'node:buffer';
import { decodeBody, StatusError } from '#apimachinery';

/** The object that a Manifest argument holds, for those who must know its kind or name before it is sent on. */
export function parseManifest(manifest: unknown): object {
  const value = typeof manifest === 'string' ? decodeBody(Buffer.from(manifest), 'yaml').value : manifest;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw StatusError.badRequest('the manifest is not an object');
  }
  return value;
}
