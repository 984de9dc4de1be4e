import { defineKind } from '../define-kind.js';
import type { Deployment } from '../generated/types.js';

export const deploymentKind = defineKind<Deployment>({ apiVersion: 'apps/v1', resource: 'deployments' });
