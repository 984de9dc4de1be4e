import { createCipheriv, createDecipheriv } from 'node:crypto';
import { entropy, invariant } from '#base';

/** AES-256-GCM: a 32-byte key, a 12-byte nonce, a 16-byte tag. */
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * What sealed text starts with: the version of the form. JSON never starts with a tilde, so sealed and plain values live
 * in one column.
 */
const SEAL = '~1';

export function isSealed(text: string): boolean {
  return text.startsWith('~');
}

/** Encrypts `text` so that it opens only with the same key in the same `place` (a value moved elsewhere does not open). */
export function seal(key: Buffer, place: string, text: string): string {
  const nonce = Buffer.from(entropy(NONCE_BYTES), 'hex');
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place));
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return SEAL + sealed.toString('base64');
}

/** Throws when the key or the place is another, or the text was changed. */
export function unseal(key: Buffer, place: string, sealed: string): string {
  invariant(sealed.startsWith(SEAL), 'a sealed value of an unknown version');
  const bytes = Buffer.from(sealed.slice(SEAL.length), 'base64');
  const tagAt = bytes.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(tagAt));
  return decipher.update(bytes.subarray(NONCE_BYTES, tagAt), undefined, 'utf8') + decipher.final('utf8');
}

/** The server's key: wraps data keys, seals credentials. */
export class ServerKey {
  private readonly key: Buffer;

  constructor(bytes: Uint8Array) {
    invariant(bytes.length === KEY_BYTES, `the server key has ${bytes.length} bytes instead of ${KEY_BYTES}`);
    this.key = Buffer.from(bytes);
  }

  /** A new data key of `owner` ('sandbox/a'), and the form in which it is stored. */
  newDataKey(owner: string): { wrapped: string; key: DataKey } {
    const secret = entropy(KEY_BYTES);
    const wrapped = seal(this.key, `key/${owner}`, secret);
    return { wrapped, key: new DataKey(owner, Buffer.from(secret, 'hex')) };
  }

  unwrap(owner: string, wrapped: string): DataKey {
    return new DataKey(owner, Buffer.from(unseal(this.key, `key/${owner}`, wrapped), 'hex'));
  }

  seal(place: string, text: string): string {
    return seal(this.key, `server/${place}`, text);
  }

  unseal(place: string, sealed: string): string {
    return unseal(this.key, `server/${place}`, sealed);
  }
}

/** Encrypts the objects of one sandbox or snapshot: value and facets, each bound to owner and key path. */
export class DataKey {
  constructor(
    private readonly owner: string,
    private readonly key: Buffer,
  ) {}

  seal(part: 'value' | 'facets', path: string, text: string): string {
    return seal(this.key, `${this.owner}\0${part}\0${path}`, text);
  }

  unseal(part: 'value' | 'facets', path: string, sealed: string): string {
    return unseal(this.key, `${this.owner}\0${part}\0${path}`, sealed);
  }
}
