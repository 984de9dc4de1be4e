/**
 * base: what every other library may stand on: time, chance, and small shapes with limits.
 *
 * It knows nothing of Kubernetes. It is the only place that touches the process clock, timers and
 * entropy (rule one-clock); everything above receives a `Clock` and a `Random`.
 */
export { type Clock, type Timer, sleepOn, systemClock } from './clock.js';
export { VirtualClock, type VirtualClockState } from './virtual-clock.js';
export { Random, entropy } from './random.js';
export { backoffMs, type BackoffPolicy } from './backoff.js';
export { BoundedQueue } from './bounded-queue.js';
export { FairTurns } from './fair-turns.js';
export { invariant } from './invariant.js';
export { registryOf } from './registry-of.js';
export { type SandboxEnv, type SandboxId, HOST_SANDBOX_ID, sandboxId } from './sandbox.js';
export { type Revision, revision } from './revision.js';
export { Trace, TraceRing, type Span } from './trace.js';
