import { defineKind } from '../define-kind.js';
import type { Namespace } from '../generated/types.js';

export const namespaceKind = defineKind<Namespace>({ apiVersion: 'v1', resource: 'namespaces' });
