import type { SandboxId } from '#base';
import type { KubeObject } from '#apimachinery';
import { builtInKinds, type Kind, storagePrefix } from '#kinds';
import { invariant } from '#base';
import { type Store, type StoredObject, StoreView } from '#storage';

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

/** The webhooks and policies of one sandbox, kept by a StoreView from its first write on. */
export class ConfigurationView {
  private readonly sections = new Map(SECTIONS.map((section) => [section, new Map<string, StoredObject>()]));
  /** What was made of a section's objects, until one changes. */
  private readonly derived = new Map<ConfigurationSection, unknown>();
  private readonly view: StoreView;

  constructor(store: Pick<Store, 'list' | 'watch'>, sandbox: SandboxId) {
    this.view = new StoreView(store, sandbox, {
      prefixes: [...this.sections].map(([section, objects]) => ({
        prefix: storagePrefix(kindOf(section), undefined),
        set: (key, stored) => {
          if (stored) objects.set(key, stored);
          else objects.delete(key);
          this.derived.delete(section);
        },
      })),
      begin: () => {
        this.derived.clear();
        this.sections.forEach((objects) => objects.clear());
      },
    });
  }

  /** undefined: ready now. */
  ready(): Promise<void> | undefined {
    return this.view.ready();
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

  close(): void {
    this.view.close();
  }
}

function byName(a: KubeObject, b: KubeObject): number {
  const [left, right] = [a.metadata.name ?? '', b.metadata.name ?? ''];
  return left < right ? -1 : left > right ? 1 : 0;
}
