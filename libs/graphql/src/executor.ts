import { ApolloServer, HeaderMap, type HTTPGraphQLResponse } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import { formatError, type ReportError } from './errors.js';
import { QueryLimitsRule, queryLimits } from './limits.js';
import type { OperationContext } from './source.js';

/** What an HTTP request brought, body parsed. */
export interface HttpOperation {
  readonly method: string;
  readonly headers: Iterable<readonly [string, string]>;
  /** '?query=…' or ''. */
  readonly search: string;
  readonly body: unknown;
}

/** Runs operations on one schema: over HTTP by Apollo, which parses, checks, caches documents and speaks the protocol. */
export class Executor {
  private readonly apollo: ApolloServer<OperationContext>;
  private readonly started: Promise<void>;

  constructor(
    readonly schema: GraphQLSchema,
    readonly report: ReportError,
  ) {
    this.apollo = new ApolloServer<OperationContext>({
      schema,
      introspection: true,
      csrfPrevention: true,
      allowBatchedHttpRequests: false,
      persistedQueries: false,
      includeStacktraceInErrorResponses: false,
      stopOnTerminationSignals: false,
      status400ForVariableCoercionErrors: true,
      nodeEnv: 'production',
      validationRules: [QueryLimitsRule],
      parseOptions: { maxTokens: queryLimits.tokensMax },
      formatError: (formatted, error) => formatError(formatted, error, report),
      logger: { debug() {}, info() {}, warn() {}, error: (message) => report(new Error(String(message))) },
      plugins: [
        ApolloServerPluginLandingPageDisabled(),
        ApolloServerPluginUsageReportingDisabled(),
        ApolloServerPluginSchemaReportingDisabled(),
        ApolloServerPluginInlineTraceDisabled(),
        ApolloServerPluginCacheControlDisabled(),
        {
          requestDidStart: async () => ({
            willSendResponse: async ({ contextValue, response }) => tellWarnings(contextValue, response.body),
          }),
        },
      ],
    });
    this.started = this.apollo.start();
    // Whoever runs an operation sees the failure; nobody else must.
    this.started.catch(() => undefined);
  }

  async http(operation: HttpOperation, context: OperationContext): Promise<HTTPGraphQLResponse> {
    await this.started;
    const { method, search, body } = operation;
    const headers = new HeaderMap();
    for (const [name, value] of operation.headers) headers.set(name.toLowerCase(), value);
    return this.apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method, search, body, headers },
      context: () => Promise.resolve(context),
    });
  }

  stop(): Promise<void> {
    return this.apollo.stop();
  }
}

interface ResponseBody {
  kind: string;
  singleResult?: { extensions?: Record<string, unknown> };
}

/** What kubectl would print as `Warning: …`. */
function tellWarnings({ warnings }: OperationContext, body: ResponseBody): void {
  if (warnings.length === 0 || !body.singleResult) return;
  body.singleResult.extensions = { ...body.singleResult.extensions, warnings };
}
