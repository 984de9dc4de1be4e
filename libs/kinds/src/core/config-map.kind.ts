import { defineKind } from '../define-kind.js';
import type { ConfigMap } from '../generated/types.js';

export const configMapKind = defineKind<ConfigMap>({ apiVersion: 'v1', resource: 'configmaps' });
