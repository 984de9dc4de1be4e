import DataLoader from 'dataloader';
import { isReason, type KubeObject, type LabelSelector, labelMatcherOf } from '#apimachinery';
import type { Kind } from '#kinds';
import type { Found, RequestContext, Verbs } from '#registry';
import type { Budget } from './budget.js';

const PAGE_SIZE = 500;
/** From so many lookups of one kind on, one list of all and a look at each is less work than a list for each. */
const LISTS_APART_MAX = 4;

interface Selection {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

interface OwnedKey {
  readonly kind: Kind;
  readonly namespace: string;
  readonly ownerUid: string;
  /** Narrows the list when there is one owner only. */
  readonly selector: LabelSelector | undefined;
}

interface EventsKey {
  readonly kind: Kind;
  readonly namespace: string;
  readonly about: { readonly kind: string; readonly name: string; readonly uid: string };
}

const kindKey = (kind: Kind) => `${kind.group}/${kind.version}/${kind.resource}`;

/**
 * The edges' reads, batched and remembered for one operation and one scope: 500 pods on three nodes cost three gets.
 * Every read goes through the verbs as the caller, so what may not be read is an error at that edge.
 */
export class Loaders {
  constructor(
    private readonly verbs: Verbs,
    private readonly request: RequestContext,
    private readonly budget: Budget,
  ) {}

  private readonly gets = new DataLoader<{ kind: Kind; namespace: string; name: string }, Found | undefined, string>(
    (keys) => Promise.all(keys.map((key) => settled(this.getOne(key.kind, key.namespace, key.name)))),
    { cacheKeyFn: ({ kind, namespace, name }) => `${kindKey(kind)} ${namespace}/${name}` },
  );

  private readonly lists = new DataLoader<
    { kind: Kind; namespace: string | undefined; selection: Selection },
    readonly Found[],
    string
  >((keys) => Promise.all(keys.map((key) => settled(this.listAll(key.kind, key.namespace, key.selection)))), {
    cacheKeyFn: ({ kind, namespace, selection }) => JSON.stringify([kindKey(kind), namespace ?? null, selection]),
  });

  private readonly ownedObjects = new DataLoader<OwnedKey, readonly Found[], string>(
    (keys) =>
      grouped(
        keys,
        ({ kind, namespace }) => `${kindKey(kind)} ${namespace}`,
        (group) => this.listOwned(group),
      ),
    { cacheKeyFn: ({ kind, ownerUid }) => `${kindKey(kind)} ${ownerUid}` },
  );

  private readonly podsByNode = new DataLoader<{ kind: Kind; node: string }, readonly Found[], string>(
    (keys) =>
      grouped(
        keys,
        ({ kind }) => kindKey(kind),
        (group) => this.listOnNodes(group),
      ),
    { cacheKeyFn: ({ node }) => node },
  );

  private readonly eventsAbout = new DataLoader<EventsKey, readonly Found[], string>(
    (keys) =>
      grouped(
        keys,
        ({ namespace }) => namespace,
        (group) => this.listEvents(group),
      ),
    { cacheKeyFn: ({ namespace, about }) => JSON.stringify([namespace, about.kind, about.name, about.uid]) },
  );

  /** undefined: there is none. */
  get(kind: Kind, namespace: string, name: string): Promise<Found | undefined> {
    return this.gets.load({ kind, namespace, name });
  }

  /** All that match, page after page; `namespace` undefined: of all namespaces. */
  list(kind: Kind, namespace: string | undefined, selection: Selection): Promise<readonly Found[]> {
    return this.lists.load({ kind, namespace, selection });
  }

  /** Those whose controller is `ownerUid`. */
  owned(kind: Kind, namespace: string, ownerUid: string, selector?: LabelSelector): Promise<readonly Found[]> {
    return this.ownedObjects.load({ kind, namespace, ownerUid, selector });
  }

  onNode(kind: Kind, node: string): Promise<readonly Found[]> {
    return this.podsByNode.load({ kind, node });
  }

  events(key: EventsKey): Promise<readonly Found[]> {
    return this.eventsAbout.load(key);
  }

  private async getOne(kind: Kind, namespace: string, name: string): Promise<Found | undefined> {
    this.budget.call();
    try {
      return await this.verbs.get(this.request, { kind, namespace, name });
    } catch (error) {
      if (isReason(error, 'NotFound')) return undefined;
      throw error;
    }
  }

  private async listAll(kind: Kind, namespace: string | undefined, selection: Selection): Promise<readonly Found[]> {
    const items: Found[] = [];
    let next: string | undefined;
    do {
      this.budget.call();
      const paging = next === undefined ? {} : { continue: next };
      const request = { ...selection, limit: PAGE_SIZE, ...paging };
      const page = await this.verbs.list(this.request, { kind, namespace }, request);
      // Each is looked at at least once; what is selected of it is counted where it is resolved.
      this.budget.objects(page.items.length, 1);
      for (const item of page.items) items.push(item);
      next = page.continue === '' ? undefined : page.continue;
    } while (next !== undefined);
    return items;
  }

  private async listOwned(keys: readonly OwnedKey[]): Promise<(readonly Found[])[]> {
    const { kind, namespace, selector } = keys[0]!;
    const narrowed = keys.length === 1 && selector ? { labelSelector: labelMatcherOf(selector).toString() } : {};
    const byOwner = new Map<string, Found[]>();
    for (const found of await this.list(kind, namespace, narrowed)) {
      const controller = found.object().metadata.ownerReferences?.find((reference) => reference.controller === true);
      if (controller) append(byOwner, controller.uid, found);
    }
    return keys.map(({ ownerUid }) => byOwner.get(ownerUid) ?? []);
  }

  private async listOnNodes(keys: readonly { kind: Kind; node: string }[]): Promise<(readonly Found[])[]> {
    const { kind } = keys[0]!;
    if (keys.length <= LISTS_APART_MAX) {
      return Promise.all(
        keys.map(({ node }) => this.list(kind, undefined, { fieldSelector: `spec.nodeName=${node}` })),
      );
    }
    const byNode = new Map<string, Found[]>();
    for (const found of await this.list(kind, undefined, { fieldSelector: 'spec.nodeName!=' })) {
      append(byNode, (found.object() as KubeObject & { spec?: { nodeName?: string } }).spec?.nodeName ?? '', found);
    }
    return keys.map(({ node }) => byNode.get(node) ?? []);
  }

  /** Kubelets name their node by its name where others give the UID, so both count. */
  private async listEvents(keys: readonly EventsKey[]): Promise<(readonly Found[])[]> {
    const { kind, namespace, about } = keys[0]!;
    const fieldSelector = `involvedObject.kind=${about.kind},involvedObject.name=${about.name}`;
    const found = await this.list(kind, namespace, keys.length === 1 ? { fieldSelector } : {});
    const byObject = new Map<string, Found[]>();
    for (const event of found) {
      const { involvedObject } = event.object() as KubeObject & { involvedObject?: Partial<EventsKey['about']> };
      const { kind: aboutKind = '', name = '', uid = '' } = involvedObject ?? {};
      append(byObject, `${aboutKind}/${name}/${uid}`, event);
    }
    return keys.map(({ about: { kind: of, name, uid } }) => {
      const byUid = byObject.get(`${of}/${name}/${uid}`) ?? [];
      return uid === name ? byUid : [...byUid, ...(byObject.get(`${of}/${name}/${name}`) ?? [])];
    });
  }
}

function append<V>(map: Map<string, V[]>, key: string, value: V): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}

/** A loader's answer for a key is a value or an Error. */
function settled<V>(promise: Promise<V>): Promise<V | Error> {
  return promise.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
}

/** Loads keys group by group; a group that fails fails for its own keys only. */
async function grouped<K, V>(
  keys: readonly K[],
  groupOf: (key: K) => string,
  load: (group: readonly K[]) => Promise<V[]>,
): Promise<(V | Error)[]> {
  const groups = new Map<string, number[]>();
  keys.forEach((key, index) => append(groups, groupOf(key), index));
  const results = new Array<V | Error>(keys.length);
  await Promise.all(
    [...groups.values()].map(async (indexes) => {
      const loaded = await settled(load(indexes.map((index) => keys[index]!)));
      indexes.forEach((index, place) => (results[index] = loaded instanceof Error ? loaded : loaded[place]!));
    }),
  );
  return results;
}
