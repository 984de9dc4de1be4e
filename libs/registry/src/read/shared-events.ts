import type { SandboxId } from '#base';
import type { Kind } from '#kinds';
import type { StoreEvent } from '#storage';
import type { Parts } from '../parts.js';
import type { FoundEvent } from '../request.js';
import { foundOf } from './found.js';
import { selected, selects } from './selected.js';
import type { Selection } from './selection.js';

/**
 * One FoundEvent per store event and kind, whoever watches: encoded frames are cached on its identity, so a thousand
 * watchers cost one encoding. Held weakly: it lives as long as the store or a watcher holds the event.
 */
export class SharedEvents {
  private readonly byKind = new WeakMap<Kind, WeakMap<StoreEvent, FoundEvent>>();
  /** Events that a selector turned into another type (its edge): by the event they come from. */
  private readonly edges = new WeakMap<FoundEvent, FoundEvent>();

  constructor(private readonly parts: Pick<Parts, 'parsed' | 'heartbeatsOf'>) {}

  of(sandbox: SandboxId, kind: Kind, event: StoreEvent): FoundEvent {
    let known = this.byKind.get(kind);
    if (!known) this.byKind.set(kind, (known = new WeakMap()));
    let shared = known.get(event);
    if (!shared) {
      shared = {
        type: event.type,
        found: foundOf(this.parts, sandbox, kind, event.object),
        resourceVersion: String(event.object.revision),
      };
      known.set(event, shared);
    }
    return shared;
  }

  /**
   * What a watcher with that selection sees of a change; undefined: nothing. An object that starts to match is ADDED,
   * one that stops is DELETED. Differs: upstream's DELETED carries the state before, this one the state after.
   */
  selected(sandbox: SandboxId, kind: Kind, event: StoreEvent, selection: Selection): FoundEvent | undefined {
    if (selection.empty) return this.of(sandbox, kind, event);
    const matches = selects(this.parts.parsed, kind, selection, event.object);
    if (event.type !== 'MODIFIED') return matches ? this.of(sandbox, kind, event) : undefined;
    const matched = event.previous !== undefined && selected(selection, event.previous);
    if (!matches && !matched) return undefined;
    const shared = this.of(sandbox, kind, event);
    return matches && matched ? shared : this.edge(shared, matches ? 'ADDED' : 'DELETED');
  }

  /** A MODIFIED event may be one watcher's ADDED and another's DELETED; the rarer of two meeting ones is made anew. */
  private edge(shared: FoundEvent, type: 'ADDED' | 'DELETED'): FoundEvent {
    const known = this.edges.get(shared);
    if (known?.type === type) return known;
    const edge = { ...shared, type };
    if (!known) this.edges.set(shared, edge);
    return edge;
  }
}
