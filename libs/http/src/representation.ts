import { StatusError } from '#apimachinery';
import type { Kind } from '#kinds';
import type { Found, FoundList } from '#registry';
import { asListItem } from '#apimachinery';
import type { Exchange } from './exchange.js';
import { type Accepted, Negotiator } from './media-type.js';
import { partialMetadataText } from './partial-metadata.js';
import { includeObjectOf, type TableFrame, tableHead, tableOfOne, tableRow } from './table.js';

const TRANSFORMS = ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'];
const VERSIONS = ['v1', 'v1beta1'];

/** Accept headers of resource requests. */
export const resourceNegotiator = new Negotiator(
  new Set(TRANSFORMS.flatMap((as) => VERSIONS.map((version) => `meta.k8s.io/${version}/${as}`))),
);

export function tableFrameOf(x: Exchange, kind: Kind, accepted: Accepted): TableFrame {
  const nowMs = x.env.clock.nowMs();
  return { kind, version: accepted.version, include: includeObjectOf(x.query), nowMs };
}

/** One object as the client wants to see it. */
export function objectText(x: Exchange, kind: Kind, found: Found, accepted: Accepted): string {
  switch (accepted.as) {
    case '':
      return found.text;
    case 'Table':
      return tableOfOne(tableFrameOf(x, kind, accepted), found);
    case 'PartialObjectMetadata':
      return partialMetadataText(found, accepted.version);
    default:
      throw notAList(accepted.as, kind.kind);
  }
}

function notAList(as: string, kindName: string): StatusError {
  return new StatusError(
    406,
    'NotAcceptable',
    `you requested ${as}, but the requested object is not a list (${kindName})`,
  );
}

function listMetaText(list: FoundList): string {
  return JSON.stringify({
    // What is not stored is at no revision.
    ...(list.resourceVersion === '' ? {} : { resourceVersion: list.resourceVersion }),
    ...(list.continue === undefined ? {} : { continue: list.continue }),
    ...(list.remainingItemCount === undefined ? {} : { remainingItemCount: list.remainingItemCount }),
  });
}

/** A list as pieces of text, so that a long one is sent while it is made. Joined they are one JSON document. */
export interface ListPieces {
  readonly head: string;
  piece(found: Found): string;
  readonly tail: string;
}

/** The list as `accepted` shows it: some kinds have tables in an order of their own. */
export function inShownOrder(kind: Kind, list: FoundList, accepted: Accepted): FoundList {
  if (accepted.as !== 'Table' || !kind.tableOrder) return list;
  const items = list.items.toSorted((a, b) => kind.tableOrder!(a.object(), b.object()));
  return { ...list, items };
}

export function listPieces(x: Exchange, kind: Kind, list: FoundList, accepted: Accepted): ListPieces {
  const metadata = listMetaText(list);
  switch (accepted.as) {
    case '': {
      const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
      const head = `{"kind":"${kind.listKind}","apiVersion":"${apiVersion}","metadata":${metadata},"items":[`;
      return { head, piece: (found) => asListItem(found.text), tail: ']}' };
    }
    case 'Table': {
      const frame = tableFrameOf(x, kind, accepted);
      return { head: tableHead(frame, metadata), piece: (found) => tableRow(frame, found), tail: ']}' };
    }
    case 'PartialObjectMetadataList': {
      const { version } = accepted;
      const kindName = 'PartialObjectMetadataList';
      const head = `{"kind":"${kindName}","apiVersion":"meta.k8s.io/${version}","metadata":${metadata},"items":[`;
      return { head, piece: (found) => partialMetadataText(found, version), tail: ']}' };
    }
    default:
      throw new StatusError(
        406,
        'NotAcceptable',
        `you requested ${accepted.as}, but the requested object is a list (${kind.listKind})`,
      );
  }
}
