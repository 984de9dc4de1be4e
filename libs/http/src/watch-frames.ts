import { apiVersionOf, type Status } from '#apimachinery';
import type { Kind } from '#kinds';
import type { Found, FoundEvent } from '#registry';
import type { Accepted } from './media-type.js';
import { partialMetadataText } from './partial-metadata.js';
import { type IncludeObject, tableOfOne } from './table.js';

/** Turns an event into the bytes that go out. One encoder serves all watchers who want the same form. */
export interface FrameEncoder {
  /** `first` of its watch. */
  frame(event: FoundEvent, first: boolean): Buffer;
  /** `initial` marks the end of the initial events. */
  bookmark(resourceVersion: string, initial: boolean): Buffer;
  error(status: Status): Buffer;
}

/** Ages in a table's cells grow stale: such a frame is shared only by those who are served at about the same time. */
const TABLE_FRAME_MS_MAX = 1_000;

function frameOf(type: string, object: string): Buffer {
  return Buffer.from(`{"type":"${type}","object":${object}}\n`);
}

/**
 * The frames of one form (plain, Table, metadata) of one kind. Each event is encoded once, however many watch: the
 * registry hands the same event object to all of them, and the bytes are kept beside it for as long as it lives.
 */
class CachedFrames implements FrameEncoder {
  private readonly frames = new WeakMap<FoundEvent, Buffer>();

  constructor(
    private readonly textOf: (found: Found) => string,
    private readonly bookmarkHead: string,
  ) {}

  frame(event: FoundEvent): Buffer {
    let frame = this.frames.get(event);
    if (frame === undefined) {
      frame = frameOf(event.type, this.textOf(event.found));
      this.frames.set(event, frame);
    }
    return frame;
  }

  bookmark(resourceVersion: string, initial: boolean): Buffer {
    const annotations = initial ? ',"annotations":{"k8s.io/initial-events-end":"true"}' : '';
    const metadata = `{"resourceVersion":${JSON.stringify(resourceVersion)},"creationTimestamp":null${annotations}}`;
    return frameOf('BOOKMARK', `{${this.bookmarkHead},"metadata":${metadata}}`);
  }

  error(status: Status): Buffer {
    return frameOf('ERROR', JSON.stringify(status));
  }
}

/**
 * Like `CachedFrames`, with ages that must not grow stale. `nowMs` is the cluster's own time. Columns come with the first
 * event of a watch only, as upstream's do: its frame is the watcher's own.
 */
class TableFrames implements FrameEncoder {
  private readonly frames = new WeakMap<FoundEvent, { bytes: Buffer; madeMs: number }>();

  constructor(
    private readonly kind: Kind,
    private readonly version: string,
    private readonly include: IncludeObject,
    private readonly nowMs: () => number,
  ) {}

  frame(event: FoundEvent, first: boolean): Buffer {
    const { kind, version, include } = this;
    const nowMs = this.nowMs();
    const table = { kind, version, include, nowMs };
    if (first) return frameOf(event.type, tableOfOne(table, event.found));
    const known = this.frames.get(event);
    if (known && Math.abs(nowMs - known.madeMs) < TABLE_FRAME_MS_MAX) return known.bytes;
    const bytes = frameOf(event.type, tableOfOne({ ...table, headless: true }, event.found));
    this.frames.set(event, { bytes, madeMs: nowMs });
    return bytes;
  }

  bookmark(resourceVersion: string, initial: boolean): Buffer {
    const apiVersion = `meta.k8s.io/${this.version}`;
    const annotations = initial ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
    const inner = {
      kind: this.kind.kind,
      apiVersion: apiVersionOf(this.kind),
      metadata: { resourceVersion, creationTimestamp: null, ...annotations },
    };
    // kubectl takes the revision from the table, the annotation from the row's object.
    const table = {
      kind: 'Table',
      apiVersion,
      metadata: { resourceVersion },
      columnDefinitions: [],
      rows: [{ cells: [], object: inner }],
    };
    return frameOf('BOOKMARK', JSON.stringify(table));
  }

  error(status: Status): Buffer {
    return frameOf('ERROR', JSON.stringify(status));
  }
}

/** The encoders of one cluster: one per form that somebody watches, shared by all who watch it. */
export class FrameEncoders {
  private readonly byKind = new WeakMap<Kind, Map<string, FrameEncoder>>();

  constructor(private readonly nowMs: () => number) {}

  of(kind: Kind, accepted: Accepted, include: IncludeObject): FrameEncoder {
    let forms = this.byKind.get(kind);
    if (forms === undefined) this.byKind.set(kind, (forms = new Map<string, FrameEncoder>()));
    const form = accepted.as === '' ? '' : `${accepted.as}/${accepted.version}/${include}`;
    let encoder = forms.get(form);
    if (encoder === undefined) forms.set(form, (encoder = this.make(kind, accepted, include)));
    return encoder;
  }

  private make(kind: Kind, accepted: Accepted, include: IncludeObject): FrameEncoder {
    if (accepted.as === 'Table') return new TableFrames(kind, accepted.version, include, this.nowMs);
    if (accepted.as === '') {
      const head = `"kind":"${kind.kind}","apiVersion":"${apiVersionOf(kind)}"`;
      return new CachedFrames((found) => found.text, head);
    }
    const { version } = accepted;
    const head = `"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/${version}"`;
    return new CachedFrames((found) => partialMetadataText(found, version), head);
  }
}
