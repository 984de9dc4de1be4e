import { createHash } from 'node:crypto';
import {
  type Clock,
  entropy,
  invariant,
  Random,
  type SandboxEnv,
  type SandboxId,
  sandboxId,
  VirtualClock,
} from '#base';
import type { SnapshotId, Store } from '#storage';
import type { Template } from './template.js';

export interface ShelfParts {
  readonly store: Pick<Store, 'createSandbox' | 'deleteSandbox' | 'snapshot'>;
  readonly clock: Clock;
  /** Creates the template's objects, in order, through the ordinary verbs in that (new, empty) sandbox. */
  fill(sandbox: SandboxId, template: Template): Promise<void>;
  /** Where the snapshot of a template of that digest is remembered across starts. */
  remembered(digest: string): Promise<SnapshotId | undefined>;
  remember(digest: string, snapshot: SnapshotId): Promise<void>;
}

/** Templates as snapshots: built once per content, then shared by every sandbox that starts from them. */
export class TemplateShelf {
  private readonly building = new Map<string, Promise<SnapshotId>>();

  constructor(
    private readonly templates: ReadonlyMap<string, Template>,
    private readonly parts: ShelfParts,
  ) {}

  /** undefined: no template of that name. */
  snapshotOf(name: string): Promise<SnapshotId | undefined> {
    const template = this.templates.get(name);
    if (!template) return Promise.resolve(undefined);
    let building = this.building.get(name);
    if (!building) {
      building = this.build(template);
      this.building.set(name, building);
      building.catch(() => this.building.delete(name));
    }
    return building;
  }

  private async build(template: Template): Promise<SnapshotId> {
    const digest = this.digestOf(template);
    const known = await this.parts.remembered(digest);
    if (known) return known;
    // Two dots: an id that no Sandbox object can have. The random end keeps two processes out of each other's way.
    const workshop = idOf(`template.${template.name}.${entropy(6)}`);
    await this.parts.store.createSandbox(workshop);
    await this.parts.fill(workshop, template);
    const snapshot = await this.parts.store.snapshot(workshop);
    await this.parts.remember(digest, snapshot);
    await this.parts.store.deleteSandbox(workshop);
    return snapshot;
  }
  /** Of what the template makes at a fixed time by fixed chance: equal for equal templates, whenever they are asked. */
  private digestOf(template: Template): string {
    const epoch = { rate: 1, paused: true, virtualMs: 0, atRealMs: 0 };
    const env: SandboxEnv = {
      id: idOf(template.name),
      clock: new VirtualClock(this.parts.clock, epoch),
      random: new Random(template.name),
    };
    return createHash('sha256')
      .update(JSON.stringify(template.objects(env)))
      .digest('hex');
  }
}

function idOf(text: string): SandboxId {
  const id = sandboxId(text);
  invariant(id, `${text} has not the form of a sandbox id`);
  return id;
}
