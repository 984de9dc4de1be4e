import { apiVersionOf, encodeCanonical, type KubeObject, withApiVersion, withRevision } from '#apimachinery';
import type { Kind } from '#kinds';
import type { StoredObject } from '#storage';
import type { Found } from '../request.js';
import type { ParsedObjects } from './parsed-objects.js';

/** A stored object as one served version shows it: text and parsed form are made when first asked for. */
export class FoundObject implements Found {
  private madeText: string | undefined;
  private madeObject: KubeObject | undefined;

  constructor(
    readonly stored: StoredObject,
    private readonly kind: Kind,
    private readonly parsed: ParsedObjects,
    /** True when an update had to create it. */
    public created = false,
  ) {}

  get text(): string {
    return (this.madeText ??= servedText(this.stored, this.kind, this.parsed));
  }

  object(): KubeObject {
    return (this.madeObject ??= this.parsed.served(this.kind, this.stored));
  }
}

/** One that was made for this answer only (heartbeat overlay, projection, dry run). */
export class MadeObject implements Found {
  private madeText: string | undefined;

  constructor(
    private readonly made: KubeObject,
    public created = false,
  ) {}

  get text(): string {
    if (this.madeText !== undefined) return this.madeText;
    const text = encodeCanonical(this.made);
    const at = Number(this.made.metadata?.resourceVersion ?? '');
    return (this.madeText = at > 0 ? withRevision(text, at) : withoutSlot(text));
  }

  object(): KubeObject {
    return this.made;
  }
}

function servedText(stored: StoredObject, kind: Kind, parsed: ParsedObjects): string {
  if (kind.fromStorage) {
    const object = parsed.served(kind, stored);
    if (object === parsed.stored(stored)) return stored.text;
    return withRevision(encodeCanonical(object), stored.revision);
  }
  const { group, version } = kind.storage;
  if (group === kind.group && version === kind.version) return stored.text;
  return withApiVersion(stored.text, apiVersionOf(kind), kind.kind);
}

/** What was never stored (dry runs, reviews) has no revision to show. */
function withoutSlot(text: string): string {
  return text.replace(/,"resourceVersion":""|"resourceVersion":"",?/, '');
}
