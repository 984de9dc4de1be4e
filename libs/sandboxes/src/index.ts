/**
 * sandboxes: the life of a cluster as a whole: what it starts from (templates), its identity, waking at the first
 * request, sleeping when idle, and its end. A cluster's inside (controllers, scheduler, nodes) is handed in as actors.
 */
export { type Actors, type ActorStarter, ClusterHouse, type HouseParts } from './cluster-house.js';
export { elected } from './elected-actors.js';
export { sandboxIdOf } from './identity.js';
export { hostControllers } from './controllers.js';
export type { SandboxLife } from './sandbox.controller.js';
export { kubeconfigHandler } from './kubeconfig.js';
export { newSandboxLife, unlessExists } from './sandbox-life.js';
export { TemplateShelf } from './templates/template-shelf.js';
export { hostTemplate } from './templates/host.template.js';
export { starterTemplate } from './templates/starter.template.js';
export type { Template } from './templates/template.js';
export { Stock } from './stock.js';
