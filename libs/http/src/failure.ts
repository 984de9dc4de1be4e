import { StatusError } from '#apimachinery';
import { StoreError } from '#storage';

/** Told of errors that nobody expected: a log. `auditId` is what the client was given to report. */
export type UnexpectedErrorSink = (error: unknown, auditId: string) => void;

/** Fastify's own refusals, by the code they carry. */
const FASTIFY_CODES: ReadonlyMap<string, (error: Error) => StatusError> = new Map([
  ['FST_ERR_BAD_URL', () => StatusError.badRequest('the request path holds an invalid URL escape')],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', () => StatusError.unsupportedMediaType(['application/json', 'application/yaml'])],
]);

/**
 * Any error as the Status that a client may see. What is not a StatusError is the server's fault: the client learns
 * the audit id, the log learns the rest. The registry has translated store errors already, except those of waking a
 * cluster, which happen before there is a registry.
 */
export function statusErrorOf(error: unknown, auditId: string, unexpected: UnexpectedErrorSink): StatusError {
  if (error instanceof StatusError) return error;
  if (error instanceof StoreError && error.code === 'unavailable') {
    return StatusError.unavailable('the database is not available');
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known = FASTIFY_CODES.get(code);
  if (known) return known(error as Error);
  unexpected(error, auditId);
  return StatusError.internal(`request ${auditId} failed unexpectedly; the server's log has the cause`);
}
