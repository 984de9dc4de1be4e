import type { SandboxEnv } from '#base';
import type { KubeObject } from '#apimachinery';
import type { UserInfo } from '#auth';
import type { Kind } from '#kinds';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** What plugins look at. `object` is the plugin's to mutate in the mutating phase; undefined for DELETE. */
export interface AdmissionRequest {
  readonly env: SandboxEnv;
  readonly user: UserInfo;
  readonly operation: Operation;
  readonly kind: Kind;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly object: KubeObject | undefined;
  readonly old: KubeObject | undefined;
  readonly dryRun: boolean;
  warn(message: string): void;
}

/** Reads of the same cluster, on the server's own behalf. Answers come from memory. */
export interface AdmissionReads {
  get<T extends KubeObject>(kind: Kind<T>, namespace: string, name: string): Promise<T | undefined>;
  list<T extends KubeObject>(kind: Kind<T>, namespace: string | undefined): Promise<readonly T[]>;
}

/** One file, one row in plugins.ts; the row's place is its turn. Refuses by throwing a StatusError. */
export interface AdmissionPlugin {
  /** As kube-apiserver's --enable-admission-plugins names it. */
  readonly name: string;
  handles(request: AdmissionRequest): boolean;
  mutate?(request: AdmissionRequest, reads: AdmissionReads): Promise<void> | void;
  validate?(request: AdmissionRequest, reads: AdmissionReads): Promise<void> | void;
}
