import type { SandboxId } from '#base';

interface Gate {
  inside: number;
  readonly waiting: (() => void)[];
}

/** Lets so many calls of each sandbox run at once; further ones wait their turn, in order, up to a limit. */
export class Turnstile {
  private readonly gates = new Map<SandboxId, Gate>();

  constructor(
    private readonly insideMax: number,
    private readonly waitingMax: number,
  ) {}

  /** Every entry is followed by one `leave`. Rejects with the signal's reason when it aborts first; false: no room to wait. */
  async enter(sandbox: SandboxId, signal: AbortSignal): Promise<boolean> {
    let gate = this.gates.get(sandbox);
    if (!gate) this.gates.set(sandbox, (gate = { inside: 0, waiting: [] }));
    if (gate.inside < this.insideMax) {
      gate.inside++;
      return true;
    }
    const { waiting } = gate;
    if (waiting.length >= this.waitingMax) return false;
    await new Promise<void>((resolve, reject) => {
      const turn = () => {
        signal.removeEventListener('abort', leaveQueue);
        resolve();
      };
      const leaveQueue = () => {
        waiting.splice(waiting.indexOf(turn), 1);
        reject(signal.reason as Error);
      };
      waiting.push(turn);
      signal.addEventListener('abort', leaveQueue, { once: true });
    });
    return true;
  }

  leave(sandbox: SandboxId): void {
    const gate = this.gates.get(sandbox)!;
    const next = gate.waiting.shift();
    if (next) return next();
    gate.inside--;
    if (gate.inside === 0) this.gates.delete(sandbox);
  }

  /** Sandboxes with calls under way. */
  get size(): number {
    return this.gates.size;
  }
}
