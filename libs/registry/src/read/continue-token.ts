import { type Revision, revision } from '#base';
import { type Status, StatusError } from '#apimachinery';

/**
 * Where a list goes on. Models k8s.io/apiserver/pkg/storage/continue.go (1.36): base64url of
 * {"v":"meta.k8s.io/v1","rv":12,"start":"default/web\u0000"}, the key relative to the list's prefix.
 */
export interface Continuation {
  /** undefined: go on from the present (an inconsistent continuation, rv -1). */
  readonly at: Revision | undefined;
  /** Keys bytewise after this one, relative to the prefix. */
  readonly after: string;
}

const API_VERSION = 'meta.k8s.io/v1';
const INCONSISTENT = -1;

export function encodeContinue({ at, after }: Continuation): string {
  const token = { v: API_VERSION, rv: at ?? INCONSISTENT, start: `${after}\u0000` };
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

export function decodeContinue(text: string): Continuation {
  const token = tokenOf(text);
  if (token === undefined)
    throw StatusError.badRequest('continue key is not valid: encoded continue token is not JSON');
  const { v, rv, start } = token;
  if (v !== API_VERSION) {
    throw StatusError.badRequest(
      `continue key is not valid: server does not recognize this encoded version ${JSON.stringify(v)}`,
    );
  }
  if (typeof rv !== 'number' || !Number.isSafeInteger(rv) || rv === 0 || rv < INCONSISTENT) {
    throw StatusError.badRequest(
      'continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)',
    );
  }
  if (typeof start !== 'string' || start === '') {
    throw StatusError.badRequest('continue key is not valid: no start key (version meta.k8s.io/v1)');
  }
  // Upstream refuses keys that would leave the prefix; here they can only sort before or after what is in it.
  if (start.startsWith('/') || start.split('/').includes('..')) {
    throw StatusError.badRequest(`continue key is not valid: ${JSON.stringify(start)}`);
  }
  return { at: rv === INCONSISTENT ? undefined : revision(rv), after: start.replace(/\u0000$/, '') };
}

function tokenOf(text: string): Record<string, unknown> | undefined {
  try {
    const token: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return typeof token === 'object' && token !== null ? (token as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** 410 for a continuation whose revision was compacted away; its Status carries a token to go on without consistency. */
export class ContinueExpired extends StatusError {
  constructor(private readonly fresh: string) {
    super(
      410,
      'Expired',
      'The provided continue parameter is too old to display a consistent list result. You can start a new list ' +
        'without the continue parameter, or use the continue token in this response to retrieve the remainder of the ' +
        'results. Continuing with the provided token results in an inconsistent list - objects that were created, ' +
        'modified, or deleted between the time the first chunk was returned and now may show up in the list.',
    );
  }

  override toStatus(): Status {
    return { ...super.toStatus(), metadata: { continue: this.fresh } as unknown as Status['metadata'] };
  }
}
