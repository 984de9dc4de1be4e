/**
 * What mutating plugins of one request tell each other: whether the whole chain shall run once more, since a webhook or a
 * policy has changed what others had looked at before. Models admission's ReinvocationContext (1.36).
 */
export class Reinvocation {
  /** Somebody changed the object after others who asked to see it again. */
  wanted = false;

  constructor(
    /** This is the second run. */
    readonly isReinvoke = false,
    private readonly states = new Map<string, unknown>(),
  ) {}

  /** What `plugin` remembers from run to run. */
  stateOf<T>(plugin: string, fresh: () => T): T {
    if (!this.states.has(plugin)) this.states.set(plugin, fresh());
    return this.states.get(plugin) as T;
  }

  /** The second run. */
  again(): Reinvocation {
    return new Reinvocation(true, this.states);
  }
}
