import type { Clock } from './clock.js';
import type { Random } from './random.js';

declare const sandboxIdBrand: unique symbol;

/** Names one simulated cluster. Branded: no call that touches a cluster compiles with a plain string (rule one-sandbox). */
export type SandboxId = string & { readonly [sandboxIdBrand]: true };

/** The management plane is a sandbox too, served at `/`. */
export const HOST_SANDBOX_ID = 'host' as SandboxId;

/** DNS-label names joined by dots: what `/sandboxes/{id}` may hold. */
const SANDBOX_ID = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** The id when `text` has the form of one, else undefined. Whether it exists is another question. */
export function sandboxId(text: string): SandboxId | undefined {
  return text.length <= 127 && SANDBOX_ID.test(text) ? (text as SandboxId) : undefined;
}

/** What is a sandbox's own: its time and its chance. */
export interface SandboxEnv {
  readonly id: SandboxId;
  readonly clock: Clock;
  readonly random: Random;
}
