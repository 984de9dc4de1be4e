import { defineKind } from '../define-kind.js';
import type { Pod } from '../generated/types.js';

export const podKind = defineKind<Pod>({ apiVersion: 'v1', resource: 'pods' });
