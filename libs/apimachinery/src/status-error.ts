import { fieldErrorsText } from './aggregate-text.js';
import { causeOf, type FieldError, type StatusCause } from './field-error.js';

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

/** meta/v1 Status: how every failure looks on the wire. */
export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: Record<string, never>;
  status: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  details?: StatusDetails;
  code: number;
}

/** Which thing an error is about: `resource` is the plural, `group` '' for core. */
export interface Subject {
  group: string;
  resource: string;
}

const named = ({ group, resource }: Subject) => (group === '' ? resource : `${resource}.${group}`);
const details = (about: Subject, name: string, more: StatusDetails = {}): StatusDetails => ({
  ...(name === '' ? {} : { name }),
  ...(about.group === '' ? {} : { group: about.group }),
  kind: about.resource,
  ...more,
});

/**
 * Every expected failure of the API, and the only error that crosses a lib's border on purpose.
 * Reasons, codes and messages are those of k8s.io/apimachinery/pkg/api/errors (1.36).
 */
export class StatusError extends Error {
  override readonly name = 'StatusError';

  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
    readonly details?: StatusDetails,
  ) {
    super(message);
  }

  toStatus(): Status {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      ...(this.reason === '' ? {} : { reason: this.reason }),
      ...(this.details ? { details: this.details } : {}),
      code: this.code,
    };
  }

  static badRequest(message: string): StatusError {
    return new StatusError(400, 'BadRequest', message);
  }
  static unauthorized(message = 'Unauthorized'): StatusError {
    return new StatusError(401, 'Unauthorized', message);
  }
  /** `why` is the authorizer's sentence: 'User "x" cannot list resource "pods" in API group "" in the namespace "default"'. */
  static forbidden(about: Subject, name: string, why: string): StatusError {
    const target = about.resource === '' ? '' : `${named(about)}${name === '' ? '' : ` "${name}"`} is `;
    return new StatusError(403, 'Forbidden', `${target}forbidden: ${why}`, details(about, name));
  }
  static notFound(about: Subject, name: string): StatusError {
    return new StatusError(404, 'NotFound', `${named(about)} "${name}" not found`, details(about, name));
  }
  /** An URL that names nothing. */
  static noSuchPath(): StatusError {
    return new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
  }
  static methodNotAllowed(about: Subject, action: string): StatusError {
    return new StatusError(
      405,
      'MethodNotAllowed',
      `${action} is not supported on resources of kind "${named(about)}"`,
      details(about, ''),
    );
  }
  static notAcceptable(accepted: readonly string[]): StatusError {
    return new StatusError(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`);
  }
  static alreadyExists(about: Subject, name: string): StatusError {
    return new StatusError(409, 'AlreadyExists', `${named(about)} "${name}" already exists`, details(about, name));
  }
  static conflict(about: Subject, name: string, why: string): StatusError {
    return new StatusError(
      409,
      'Conflict',
      `Operation cannot be fulfilled on ${named(about)} "${name}": ${why}`,
      details(about, name),
    );
  }
  /** The conflict of a stale resourceVersion. */
  static modified(about: Subject, name: string): StatusError {
    return StatusError.conflict(
      about,
      name,
      'the object has been modified; please apply your changes to the latest version and try again',
    );
  }
  static gone(message: string): StatusError {
    return new StatusError(410, 'Gone', message);
  }
  /** A revision that was compacted away, or a continue token grown too old. */
  static expired(message: string): StatusError {
    return new StatusError(410, 'Expired', message);
  }
  static tooLarge(message: string): StatusError {
    return new StatusError(413, 'RequestEntityTooLarge', message);
  }
  static unsupportedMediaType(accepted: readonly string[]): StatusError {
    return new StatusError(
      415,
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
    );
  }
  /** 422: `kind` is the Kind's name, `errors` at least one. */
  static invalid(gk: { group: string; kind: string }, name: string, errors: readonly FieldError[]): StatusError {
    const kindName = gk.group === '' ? gk.kind : `${gk.kind}.${gk.group}`;
    return new StatusError(422, 'Invalid', `${kindName} "${name}" is invalid: ${fieldErrorsText(errors)}`, {
      ...(name === '' ? {} : { name }),
      ...(gk.group === '' ? {} : { group: gk.group }),
      kind: gk.kind,
      causes: errors.map(causeOf),
    });
  }
  static tooManyRequests(message: string, retryAfterSeconds: number): StatusError {
    return new StatusError(429, 'TooManyRequests', message, { retryAfterSeconds });
  }
  static internal(message: string): StatusError {
    return new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, {
      causes: [{ message }],
    });
  }
  static unavailable(message: string, retryAfterSeconds = 1): StatusError {
    return new StatusError(503, 'ServiceUnavailable', message, { retryAfterSeconds });
  }
  static timeout(message: string, retryAfterSeconds = 1): StatusError {
    return new StatusError(504, 'Timeout', `Timeout: ${message}`, { retryAfterSeconds });
  }
}

/** True for an API error with that reason; the usual test in control loops. */
export function isReason(error: unknown, reason: string): error is StatusError {
  return error instanceof StatusError && error.reason === reason;
}
