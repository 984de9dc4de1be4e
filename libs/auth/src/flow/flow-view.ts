import type { SandboxId } from '#base';
import {
  type FlowSchema,
  flowSchemaKind,
  mandatoryLevels,
  mandatorySchemas,
  type PriorityLevelConfiguration,
  priorityLevelConfigurationKind,
  storagePrefix,
} from '#kinds';
import { type Store, type StoredObject, StoreView } from '#storage';

/** A schema that is in use, with the level that it leads to. */
export interface Flow {
  readonly schema: FlowSchema;
  readonly level: PriorityLevelConfiguration;
}

/** The FlowSchemas of one sandbox in the order in which they are tried, kept by a StoreView. */
export class FlowView {
  /** Changes with every change of a schema or level: what was derived from an older one is void. */
  version = 0;
  private readonly schemas = new Map<string, FlowSchema>();
  private readonly levels = new Map<string, PriorityLevelConfiguration>();
  private ordered: readonly Flow[] | undefined;
  private readonly view: StoreView;

  constructor(store: Pick<Store, 'list' | 'watch'>, sandbox: SandboxId) {
    this.view = new StoreView(store, sandbox, {
      prefixes: [
        { prefix: storagePrefix(priorityLevelConfigurationKind, undefined), set: setter(this.levels) },
        { prefix: storagePrefix(flowSchemaKind, undefined), set: setter(this.schemas) },
      ],
      begin: () => [this.levels, this.schemas].forEach((one) => one.clear()),
      changed: () => {
        this.version++;
        this.ordered = undefined;
      },
    });
  }

  /** undefined: ready now. */
  ready(): Promise<void> | undefined {
    return this.view.ready();
  }

  close(): void {
    this.view.close();
  }

  /**
   * Models digestFlowSchemasLocked (1.36): a schema without its level is left out, and the mandatory ones count even when
   * somebody has just deleted them.
   */
  get flows(): readonly Flow[] {
    return (this.ordered ??= this.inOrder());
  }

  private inOrder(): Flow[] {
    const levels = new Map(mandatoryLevels);
    for (const level of this.levels.values()) levels.set(nameOf(level), level);
    const flowOf = (schema: FlowSchema | undefined): Flow[] => {
      const level = schema && levels.get(schema.spec.priorityLevelConfiguration.name);
      return level ? [{ schema, level }] : [];
    };
    const flows = [...this.schemas.values()].toSorted(byPrecedence).flatMap(flowOf);
    const imagined = (name: string) =>
      flows.some(({ schema }) => nameOf(schema) === name) ? [] : flowOf(mandatorySchemas.get(name));
    return [...imagined(EXEMPT), ...flows, ...imagined(CATCH_ALL)];
  }
}

/** The first and the last that are tried. */
const EXEMPT = 'exempt';
const CATCH_ALL = 'catch-all';

function nameOf({ metadata }: FlowSchema | PriorityLevelConfiguration): string {
  return metadata.name ?? '';
}

/** Models FlowSchemaSequence (1.36). */
function byPrecedence(a: FlowSchema, b: FlowSchema): number {
  const order = (a.spec.matchingPrecedence ?? 0) - (b.spec.matchingPrecedence ?? 0);
  return order || (nameOf(a) < nameOf(b) ? -1 : 1);
}

/** Sandboxes of one template share their stored objects, and so what was read out of them. */
const parsed = new WeakMap<StoredObject, FlowSchema | PriorityLevelConfiguration>();

function setter<T extends FlowSchema | PriorityLevelConfiguration>(objects: Map<string, T>) {
  return (key: string, stored: StoredObject | undefined) => {
    if (!stored) return void objects.delete(key);
    let object = parsed.get(stored);
    if (!object) parsed.set(stored, (object = JSON.parse(stored.text) as T));
    objects.set(key, object as T);
  };
}
