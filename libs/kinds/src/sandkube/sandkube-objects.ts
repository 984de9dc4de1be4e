import type { Condition, KubeObject } from '#apimachinery';

/** Raw JSON of the kinds of sandkube.dev/v1alpha1; the schema beside says what the fields mean. */
export interface Sandbox extends KubeObject {
  spec?: SandboxSpec;
  status?: SandboxStatus;
}

export interface SandboxSpec {
  template?: string;
  seed?: string;
  clock?: { rate?: string; paused?: boolean };
  admission?: { enable?: string[]; disable?: string[] };
}

export interface SandboxStatus {
  phase?: 'Pending' | 'Ready' | 'Terminating';
  url?: string;
  id?: string;
  observedGeneration?: number;
  conditions?: Condition[];
}

export interface SandboxTemplate extends KubeObject {
  spec?: { description?: string };
  status?: { observedGeneration?: number; conditions?: Condition[] };
}
