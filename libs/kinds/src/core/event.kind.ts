import { defineKind } from '../define-kind.js';
import type { CoreV1Event } from '../generated/types.js';

export const eventKind = defineKind<CoreV1Event>({ apiVersion: 'v1', resource: 'events' });
