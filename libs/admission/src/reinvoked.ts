import { deepCopy, deepEqual, type KubeObject } from '#apimachinery';

/** Which of a plugin's webhooks or policies see the object again in the second run. Models webhookReinvokeContext (1.36). */
export class Reinvoked {
  private lastOutput: KubeObject | undefined;
  private invoked = new Set<string>();
  private readonly due = new Set<string>();

  /** `id` was called and wants to be called again when the object changes. */
  remember(id: string): void {
    this.invoked.add(id);
  }

  /** The object changed: those who have seen the former one are due. */
  changed(): void {
    for (const id of this.invoked) this.due.add(id);
    this.invoked = new Set();
  }

  isDue(id: string): boolean {
    return this.due.has(id);
  }

  /** At the start of the second run: plugins in between may have changed the object, too. */
  compare(object: KubeObject | undefined): void {
    if (!deepEqual(object, this.lastOutput)) this.changed();
  }

  keep(object: KubeObject | undefined): void {
    this.lastOutput = object && deepCopy(object);
  }
}
