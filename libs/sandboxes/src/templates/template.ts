import type { SandboxEnv } from '#base';
import type { KubeObject } from '#apimachinery';

/** A cluster to start from: its objects are created, in order, through the ordinary verbs, then kept as a snapshot. */
export interface Template {
  readonly name: string;
  readonly description: string;
  /** Complete manifests; `status` is written through the status subresource where the kind has one. */
  objects(env: SandboxEnv): readonly KubeObject[];
}
