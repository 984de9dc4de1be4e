import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { StatusError } from '#apimachinery';

/** Told of failures that are nobody's input, before they are hidden from the caller. */
export type ReportError = (error: Error) => void;

/** The error below the wrappers that execution and Apollo put around it. */
function rootOf(error: unknown): unknown {
  let root = error;
  while (root instanceof GraphQLError && root.originalError) root = root.originalError;
  return root;
}

/**
 * The one translation of failures: a StatusError keeps its message, and its code (the HTTP status), reason and details
 * become `extensions`; errors of GraphQL itself (syntax, validation) pass; anything else is reported and shown as a 500
 * without its text.
 */
export function formatError(
  formatted: GraphQLFormattedError,
  error: unknown,
  report: ReportError,
): GraphQLFormattedError {
  const root = rootOf(error);
  const place = {
    ...(formatted.locations ? { locations: formatted.locations } : {}),
    ...(formatted.path ? { path: formatted.path } : {}),
  };
  if (root instanceof StatusError) {
    const { code, reason, message, details } = root;
    return { message, ...place, extensions: { code, reason, ...(details ? { details } : {}) } };
  }
  // Apollo's own errors (bad request, persisted queries) are GraphQLErrors too, with their code in the extensions.
  if (root instanceof GraphQLError) return formatted;
  report(root instanceof Error ? root : new Error(String(root)));
  const hidden = StatusError.internal('the server failed to resolve this field');
  return { message: hidden.message, ...place, extensions: { code: hidden.code, reason: hidden.reason } };
}
