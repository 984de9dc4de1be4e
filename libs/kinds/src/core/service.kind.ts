import { defineKind } from '../define-kind.js';
import type { Service } from '../generated/types.js';

export const serviceKind = defineKind<Service>({ apiVersion: 'v1', resource: 'services' });
