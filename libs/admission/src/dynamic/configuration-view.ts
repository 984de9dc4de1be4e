import type { SandboxId } from '#base';
import type { KubeObject } from '#apimachinery';
import { builtInKinds, type Kind, storagePrefix } from '#kinds';
import { invariant } from '#base';
import type { Store, StoredObject, StoreEvent, StoreWatch } from '#storage';

const SECTIONS = [
  'mutatingwebhookconfigurations',
  'validatingwebhookconfigurations',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
] as const;

export type ConfigurationSection = (typeof SECTIONS)[number];

const GROUP = 'admissionregistration.k8s.io';

function kindOf(section: ConfigurationSection): Kind {
  const kind = builtInKinds.preferred(GROUP, section);
  invariant(kind, `${section} are served`);
  return kind;
}

/**
 * The webhooks and policies of one sandbox, kept current by watches from its first write until `close`. A configuration
 * counts from the moment its writer has the answer, because the store tells watchers before it acknowledges.
 */
export class ConfigurationView {
  private readonly sections = new Map<ConfigurationSection, Map<string, StoredObject>>();
  /** What was made of a section's objects, until one changes. */
  private readonly derived = new Map<ConfigurationSection, unknown>();
  private watches: StoreWatch[] = [];
  private loading: Promise<void> | undefined;
  private loaded = false;
  private closed = false;

  constructor(
    private readonly store: Pick<Store, 'list' | 'watch'>,
    private readonly sandbox: SandboxId,
  ) {}

  /** undefined: ready now. */
  ready(): Promise<void> | undefined {
    if (this.loaded) return undefined;
    this.loading ??= this.load().finally(() => (this.loading = undefined));
    return this.loading;
  }

  isEmpty(section: ConfigurationSection): boolean {
    return (this.sections.get(section)?.size ?? 0) === 0;
  }

  /** What `derive` makes of the section's objects (parsed, by name), made once per change. Each section has one reader. */
  derivedFrom<T>(section: ConfigurationSection, derive: (objects: readonly KubeObject[]) => T): T {
    if (!this.derived.has(section)) {
      const stored = [...(this.sections.get(section)?.values() ?? [])];
      const objects = stored.map(({ text }) => JSON.parse(text) as KubeObject);
      this.derived.set(section, derive(objects.toSorted(byName)));
    }
    return this.derived.get(section) as T;
  }

  /** Ends the watches; a later question reads anew each time. */
  close(): void {
    this.closed = true;
    this.forget();
  }

  private async load(): Promise<void> {
    for (const section of SECTIONS) {
      const prefix = storagePrefix(kindOf(section), undefined);
      const page = await this.store.list(this.sandbox, { prefix });
      this.sections.set(section, new Map(page.items.map((stored) => [stored.key, stored])));
      this.derived.delete(section);
      if (this.closed) continue;
      const watch = await this.store.watch(this.sandbox, prefix, page.revision, {
        events: (batch) => this.follow(section, batch),
        closed: () => this.forget(),
      });
      this.watches.push(watch);
    }
    this.loaded = !this.closed;
    if (this.closed) this.forget();
  }

  private follow(section: ConfigurationSection, batch: readonly StoreEvent[]): void {
    const objects = this.sections.get(section)!;
    for (const { type, object } of batch) {
      if (type === 'DELETED') objects.delete(object.key);
      else objects.set(object.key, object);
    }
    this.derived.delete(section);
  }

  /** A watch ended: what is held grows old from now on. */
  private forget(): void {
    this.loaded = false;
    const watches = this.watches;
    this.watches = [];
    for (const watch of watches) watch.cancel();
  }
}

function byName(a: KubeObject, b: KubeObject): number {
  const [left, right] = [a.metadata.name ?? '', b.metadata.name ?? ''];
  return left < right ? -1 : left > right ? 1 : 0;
}
