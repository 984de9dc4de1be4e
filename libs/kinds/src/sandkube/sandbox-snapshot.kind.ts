import { defineKind } from '../define-kind.js';
import type { SandboxSnapshot } from '../sandkube/sandkube-objects.js';

export const sandboxSnapshotKind = defineKind<SandboxSnapshot>({
  apiVersion: 'sandkube.dev/v1alpha1',
  resource: 'sandboxsnapshots',
});
