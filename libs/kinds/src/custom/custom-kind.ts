import { apiVersionOf, deepEqual, groupResourceName, type Json, type KubeObject } from '#apimachinery';
import type { Kind, StorageIdentity, Verb } from '../kind.js';
import type { OpenApiSchema } from '../schema.js';
import type { CustomFacts, CustomVersion } from './custom-facts.js';
import { CustomRules } from './custom-rules.js';
import { customScale, customStatus } from './custom-subresources.js';
import { customTable } from './custom-table.js';
import { dottedPath, valueAt } from './json-path.js';
import { publishedList, publishedObject } from './published-schema.js';

const ALL_VERBS: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
/** Of what is being taken down. Models the discovery of terminating CRDs (1.36). */
const LAST_VERBS: readonly Verb[] = ['delete', 'deletecollection', 'get', 'list', 'watch'];

/** 'stable.example.com', 'v1', 'CronTab' → 'com.example.stable.v1.CronTab'. */
function definitionName(group: string, version: string, kind: string): string {
  return [...group.split('.').toReversed(), version, kind].join('.');
}

/** The kinds that a CRD serves, one per served version. Made once for all sandboxes that have the same definition. */
export function customKindsOf(facts: CustomFacts): readonly Kind[] {
  const storage: StorageIdentity = {
    groupResource: groupResourceName(facts.group, facts.names.plural),
    group: facts.group,
    version: facts.storageVersion,
  };
  const stored = new CustomRules(() => facts.schemaOf(facts.storageVersion), undefined);
  return facts.versions.map((version) => customKind(facts, version, { storage, stored }));
}

interface Stored {
  readonly storage: StorageIdentity;
  /** Of the storage version, whether it is served or not. */
  readonly stored: CustomRules;
}

function customKind(facts: CustomFacts, version: CustomVersion, { storage, stored }: Stored): Kind {
  const { group, names } = facts;
  const { status, scale } = version.subresources;
  const rules = new CustomRules(() => facts.schemaOf(version.name), scale);
  const rulesOfUpdate = (object: KubeObject, old: KubeObject) => rules.validate(object, old);
  const table = customTable(version.columns);
  const listKind = names.listKind || `${names.kind}List`;
  const definition = definitionName(group, version.name, names.kind);
  const published = new PublishedSchemas(facts, version, definition, listKind);
  const apiVersion = apiVersionOf({ group, version: version.name });
  const fields = version.selectableFields.map(({ jsonPath }) => dottedPath(jsonPath));
  return {
    group,
    version: version.name,
    resource: names.plural,
    kind: names.kind,
    listKind,
    singular: names.singular || names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: facts.namespaced,
    verbs: facts.terminating ? LAST_VERBS : ALL_VERBS,
    unconditionalUpdate: false,
    storage,
    definition,
    get schema() {
      return published.object;
    },
    list: {
      definition: definitionName(group, version.name, listKind),
      get schema() {
        return published.list;
      },
    },
    structural: rules,
    ...conversionOf(facts),
    ...(version.deprecation === undefined ? {} : { deprecation: version.deprecation }),
    subresources: [
      ...(status ? [customStatus] : []),
      ...(scale ? [{ ...customScale(scale), validateUpdate: rulesOfUpdate }] : []),
    ],
    generation: true,
    columns: table.columns,
    row: (object, nowMs) => table.row(object, nowMs),
    validateCreate: (object) => rules.validate(object),
    validateUpdate: rulesOfUpdate,
    validateStatusUpdate: rulesOfUpdate,
    prepareForUpdate: (object, old) => prepareForUpdate(object, old, status !== undefined),
    selectableFields: (object) => selected(object, fields),
    fromStorage: (stored) =>
      rules.refreshed(stored.apiVersion === apiVersion ? stored : { ...stored, apiVersion, kind: names.kind }),
    ...(version.name === storage.version
      ? {}
      : { toStorage: (object: KubeObject) => stored.pruned({ ...object, apiVersion: apiVersionOf(storage) }) }),
  };
}

function conversionOf({ conversion }: CustomFacts): Pick<Kind, 'conversion'> {
  const { clientConfig, conversionReviewVersions } = conversion?.webhook ?? {};
  if (conversion?.strategy !== 'Webhook' || !clientConfig) return {};
  return { conversion: { client: clientConfig, reviewVersions: conversionReviewVersions ?? ['v1'] } };
}

type WithStatus = KubeObject & { status?: unknown };

/**
 * With a status of its own, an update leaves it alone; without, it is part of what is wanted, and counted.
 * Models customresource/strategy.go (1.36).
 */
function prepareForUpdate(object: WithStatus, old: WithStatus, hasStatus: boolean): void {
  if (!hasStatus) {
    if (!deepEqual(object.status, old.status)) object.metadata.generation = (old.metadata.generation ?? 0) + 1;
  } else if (old.status === undefined) {
    delete object.status;
  } else {
    object.status = old.status;
  }
}

function selected(object: KubeObject, fields: readonly (readonly string[])[]): Record<string, string> {
  return Object.fromEntries(
    fields.map((path) => {
      const value = valueAt(object as unknown as Json, path);
      return [
        path.join('.'),
        value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value),
      ];
    }),
  );
}

/** Made when somebody reads documents or patches by schema. */
class PublishedSchemas {
  private objectSchema: OpenApiSchema | undefined;
  private listSchema: OpenApiSchema | undefined;

  constructor(
    private readonly facts: CustomFacts,
    private readonly version: CustomVersion,
    private readonly definition: string,
    private readonly listKind: string,
  ) {}

  get object(): OpenApiSchema {
    return (this.objectSchema ??= publishedObject(
      this.facts.schemaOf(this.version.name),
      this.gvk(this.facts.names.kind),
    ));
  }

  get list(): OpenApiSchema {
    const { kind } = this.facts.names;
    return (this.listSchema ??= publishedList(this.definition, this.gvk(this.listKind), kind));
  }

  private gvk(kind: string) {
    return { group: this.facts.group, version: this.version.name, kind };
  }
}
