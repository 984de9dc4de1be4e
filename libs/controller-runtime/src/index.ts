/** controller-runtime: runs controllers for many sandboxes in one process: queues, back-off, fair shares, no work for the idle. */
export * from './definition.js';
export {
  type ControlledCluster,
  ControllerManager,
  type ControllerManagerOptions,
  OBSERVER,
} from './controller-manager.js';
export type { ReconcileFailure } from './controller-runner.js';
