import type { OpenApiSchema } from '#kinds';

/** One method at one path, independent of the OpenAPI version that will tell of it. */
export interface Operation {
  readonly method: 'get' | 'put' | 'post' | 'patch' | 'delete';
  /** What x-kubernetes-action says. */
  readonly action: 'get' | 'list' | 'put' | 'patch' | 'post' | 'delete' | 'deletecollection' | 'connect';
  readonly id: string;
  readonly description: string;
  readonly gvk: { readonly group: string; readonly version: string; readonly kind: string };
  readonly parameters: readonly Parameter[];
  /** Full definition names. */
  readonly body?: string;
  readonly bodyTypes?: readonly string[];
  readonly answer: string;
  readonly codes: readonly (200 | 201 | 202)[];
}

export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path';
  readonly description: string;
  readonly type: NonNullable<OpenApiSchema['type']>;
  readonly required?: true;
}

export interface PathItem {
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly operations: readonly Operation[];
}

const query = (name: string, type: Parameter['type'], description: string): Parameter => ({
  name,
  in: 'query',
  description,
  type,
});
const inPath = (name: string, description: string): Parameter => ({
  name,
  in: 'path',
  description,
  type: 'string',
  required: true,
});

export const NAMESPACE = inPath('namespace', 'object name and auth scope, such as for teams and projects');
export const PRETTY = query('pretty', 'string', "If 'true', then the output is pretty printed.");
export const nameOf = (kindName: string): Parameter => inPath('name', `name of the ${kindName}`);

const DRY_RUN = query(
  'dryRun',
  'string',
  'Nothing is kept of the request. The one valid value is All: every stage runs, nothing is stored.',
);
const FIELD_MANAGER = query(
  'fieldManager',
  'string',
  'Names who or what makes the change; at most 128 printable characters.',
);
const FIELD_VALIDATION = query(
  'fieldValidation',
  'string',
  'What becomes of unknown and duplicate fields: Ignore drops them, Warn (the default) says so, Strict refuses the request.',
);
const FORCE = query('force', 'boolean', 'Apply takes fields over from other managers. Only for apply patches.');

export const WRITE_PARAMETERS = [DRY_RUN, FIELD_MANAGER, FIELD_VALIDATION] as const;
export const PATCH_PARAMETERS = [...WRITE_PARAMETERS, FORCE] as const;
export const DELETE_PARAMETERS = [
  DRY_RUN,
  query('gracePeriodSeconds', 'integer', 'Seconds until the object goes; 0 means at once.'),
  query('orphanDependents', 'boolean', 'Deprecated: use propagationPolicy.'),
  query('propagationPolicy', 'string', 'What becomes of dependents: Orphan, Background or Foreground.'),
] as const;
export const LIST_PARAMETERS = [
  query(
    'allowWatchBookmarks',
    'boolean',
    'Sends events of type BOOKMARK now and then. Ignored unless this is a watch.',
  ),
  query('continue', 'string', 'Where the last page ended; given by the server with it.'),
  query('fieldSelector', 'string', 'Restricts the list by fields. Default: everything.'),
  query('labelSelector', 'string', 'Restricts the list by labels. Default: everything.'),
  query('limit', 'integer', 'Items in one answer, at most.'),
  query('resourceVersion', 'string', 'Which state the answer may show, together with resourceVersionMatch.'),
  query('resourceVersionMatch', 'string', 'How resourceVersion counts: Exact or NotOlderThan.'),
  query('sendInitialEvents', 'boolean', 'A watch begins with the present state as events, closed by a bookmark.'),
  query('timeoutSeconds', 'integer', 'Ends the call after this time, whatever happens.'),
  query('watch', 'boolean', 'Streams changes instead of listing.'),
] as const;
