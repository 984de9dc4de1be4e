import type { ControllerDefinition } from '#controller-runtime';
import { deploymentController } from './deployment/deployment.controller.js';
import { replicaSetController } from './replicaset/replicaset.controller.js';

/** All that kube-controller-manager runs here. The order says nothing: each stands alone. */
export const controllers: readonly ControllerDefinition[] = [deploymentController, replicaSetController];
