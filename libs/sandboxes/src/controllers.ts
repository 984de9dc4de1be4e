import type { ControllerDefinition } from '#controller-runtime';
import { sandboxController, type SandboxLife } from './sandbox.controller.js';

/** What runs on the host beside the controllers that every cluster has. */
export function hostControllers(life: SandboxLife): readonly ControllerDefinition[] {
  return [sandboxController(life)];
}
