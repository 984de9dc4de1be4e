/**
 * kinds: one source for everything that is said of a resource: schema (generated), defaulting, validation, strategy,
 * columns, selectable fields, subresources. REST, discovery, OpenAPI, tables, GraphQL and actors derive from it.
 */
export type { KindCatalog } from './catalog.js';
export {
  type Cell,
  type Kind,
  type KindEnv,
  type StorageIdentity,
  storageKey,
  storagePrefix,
  type Subresource,
  type Verb,
} from './kind.js';
export type { OpenApiSchema } from './schema.js';
