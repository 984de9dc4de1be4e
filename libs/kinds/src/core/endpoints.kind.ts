import { defineKind } from '../define-kind.js';
import type { Endpoints } from '../generated/types.js';

export const endpointsKind = defineKind<Endpoints>({ apiVersion: 'v1', resource: 'endpoints' });
