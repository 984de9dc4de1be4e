import type { SandboxId } from '#base';
import type { Kind } from '#kinds';
import type { StoredObject } from '#storage';
import type { Parts } from '../parts.js';
import type { Found } from '../request.js';
import { FoundObject, MadeObject } from './found-object.js';

/** As readers see it: in the version of `kind`, with the times of a beating heart laid over. */
export function foundOf(
  parts: Pick<Parts, 'parsed' | 'heartbeatsOf'>,
  sandbox: SandboxId,
  kind: Kind,
  stored: StoredObject,
): Found & { created: boolean } {
  if (kind.alive) {
    const lastBeatMs = parts.heartbeatsOf(sandbox).lastBeatMs(stored.key);
    if (lastBeatMs !== undefined) {
      return new MadeObject(kind.alive(parts.parsed.served(kind, stored), lastBeatMs));
    }
  }
  return new FoundObject(stored, kind, parts.parsed);
}
