import { apiVersionOf, StatusError, type TableColumn } from '#apimachinery';
import type { Cell, Kind } from '#kinds';
import type { Found } from '#registry';
import { partialMetadataText } from './partial-metadata.js';
import type { Query } from './query.js';

/** What a row carries of its object; kubectl asks for Metadata (by saying nothing) or Object. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

export function includeObjectOf(query: Query): IncludeObject {
  const asked = query.text('includeObject') ?? 'Metadata';
  if (asked === 'None' || asked === 'Metadata' || asked === 'Object') return asked;
  throw StatusError.badRequest(`unrecognized includeObject value: ${JSON.stringify(asked)}`);
}

/** For kinds without columns of their own. Models the default TableConvertor of apiserver (1.36). */
const DEFAULT_COLUMNS: readonly TableColumn[] = [
  {
    name: 'Name',
    type: 'string',
    format: 'name',
    description: 'Name must be unique within a namespace. Is required when creating resources.',
    priority: 0,
  },
  {
    name: 'Created At',
    type: 'date',
    format: '',
    description: 'The time at which the server created this object.',
    priority: 0,
  },
];

const definitions = new WeakMap<Kind, string>();

function columnDefinitions(kind: Kind): string {
  let text = definitions.get(kind);
  if (text === undefined) {
    text = JSON.stringify(kind.row ? kind.columns : DEFAULT_COLUMNS);
    definitions.set(kind, text);
  }
  return text;
}

function cellsOf(kind: Kind, found: Found, nowMs: number): Cell[] {
  const object = found.object();
  if (kind.row) return kind.row(object, nowMs);
  return [object.metadata.name ?? '', object.metadata.creationTimestamp ?? ''];
}

function rowText(kind: Kind, found: Found, include: IncludeObject, metaVersion: string, nowMs: number): string {
  const cells = JSON.stringify(cellsOf(kind, found, nowMs));
  const object =
    include === 'None' ? 'null' : include === 'Object' ? found.text : partialMetadataText(found, metaVersion);
  return `{"cells":${cells},"object":${object}}`;
}

export interface TableFrame {
  readonly kind: Kind;
  /** Of meta.k8s.io: 'v1' or 'v1beta1'. */
  readonly version: string;
  readonly include: IncludeObject;
  /** The cluster's own time: ages are counted by it. */
  readonly nowMs: number;
  /** Whoever reads it knows the columns already: there are none, null. */
  readonly headless?: boolean;
}

/** The text of a Table up to its rows. `metadata` is a ListMeta as JSON. */
export function tableHead(frame: TableFrame, metadata: string): string {
  const apiVersion = apiVersionOf({ group: 'meta.k8s.io', version: frame.version });
  const head = `{"kind":"Table","apiVersion":"${apiVersion}","metadata":${metadata}`;
  return `${head},"columnDefinitions":${frame.headless ? 'null' : columnDefinitions(frame.kind)},"rows":[`;
}

export function tableRow(frame: TableFrame, found: Found): string {
  return rowText(frame.kind, found, frame.include, frame.version, frame.nowMs);
}

/** A Table of one object: an answer to get, create and the like, or what a watch event carries. */
export function tableOfOne(frame: TableFrame, found: Found): string {
  const revision = found.object().metadata.resourceVersion;
  const metadata = JSON.stringify(revision === undefined ? {} : { resourceVersion: revision });
  return `${tableHead(frame, metadata)}${tableRow(frame, found)}]}`;
}
