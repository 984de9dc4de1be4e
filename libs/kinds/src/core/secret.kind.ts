import { defineKind } from '../define-kind.js';
import type { Secret } from '../generated/types.js';

export const secretKind = defineKind<Secret>({ apiVersion: 'v1', resource: 'secrets' });
