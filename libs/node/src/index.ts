/**
 * node: the machines of a sandbox: kubelets, container runtime and images, all simulated.
 *
 * Containers are models: an image is a module that says how its process lives (ports, exit, reaction to SIGTERM, output)
 * from its start on, so a running pod costs neither time nor timers. Kubelets see the cluster only through `#client`,
 * each as its own node. What they know they can rebuild from the pods' statuses: a restarted server goes on.
 * Not here: real processes, real networks, real clocks.
 */
export { type KubeletsContext, type Kubelets, nodeIdentity, startKubelets } from './kubelet/kubelets.js';
export { containerLogs, type LogEntry, type LogRequest } from './logs.js';
export { isSimulated, SIMULATED_ANNOTATION } from './marker.js';
export { type MachineSpec, STARTER_MACHINES, starterNodes } from './starter.js';
