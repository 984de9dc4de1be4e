import { type Binding, podKind } from '#kinds';
import type { SchedulerPlugin } from '../framework.js';

/** Writes the decision: POST pods/binding, refused when the pod was replaced meanwhile (uid). Models DefaultBinder (1.36). */
export const defaultBinder = {
  name: 'DefaultBinder',
  async bind({ namespace, name, uid }, nodeName, { api }) {
    const binding: Binding = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { namespace, name, uid },
      target: { kind: 'Node', name: nodeName },
    };
    await api.createSubresource(podKind, namespace, name, 'binding', binding);
  },
} satisfies SchedulerPlugin;
