/** Exponential growth with a ceiling. `jitter` 0.1 adds up to 10 %. */
export interface BackoffPolicy {
  baseMs: number;
  maxMs: number;
  factor?: number;
  jitter?: number;
}

/** The wait before attempt `attempt` (0 is the first retry). */
export function backoffMs(policy: BackoffPolicy, attempt: number, chance: () => number = () => 0): number {
  const grown = Math.min(policy.maxMs, policy.baseMs * (policy.factor ?? 2) ** attempt);
  return grown * (1 + (policy.jitter ?? 0) * chance());
}
