import { defineKind } from '../define-kind.js';
import type { Node } from '../generated/types.js';

export const nodeKind = defineKind<Node>({ apiVersion: 'v1', resource: 'nodes' });
