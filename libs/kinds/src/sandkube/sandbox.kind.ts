import { defineKind } from '../define-kind.js';
import type { Sandbox } from '../sandkube/sandkube-objects.js';

export const sandboxKind = defineKind<Sandbox>({ apiVersion: 'sandkube.dev/v1alpha1', resource: 'sandboxes' });
