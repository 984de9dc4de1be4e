/**
 * graphql: queries, mutations and subscriptions over every kind that a cluster serves, derived from the same catalog as
 * REST, and the GraphiQL page. Every resolver calls the registry's verbs as the caller, so authentication, RBAC, admission
 * and audit are those of REST. Apollo Server executes; objects are parsed only when a field of them is selected.
 *
 * It does not use @nestjs/graphql: that builds one schema per process, out of decorated classes, when the process starts.
 * Here the types come from a catalog at run time, there is one schema for each catalog (host, sandboxes, each set of
 * CRDs), and most are never asked for.
 */
export { graphqlMount, type GraphqlMount, type GraphqlMountOptions } from './mount.js';
export type { LogOptions, ReadLogs } from './kind-types.js';
export type { ReportError } from './errors.js';
export type { SandboxesOptions } from './sandbox-edge.js';
