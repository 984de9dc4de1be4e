/**
 * client: how actors see a cluster, as client-go is to Kubernetes: typed calls, informers, work queue, event recorder.
 * It holds no storage and no authority of its own; an implementation of ClusterApi is handed in.
 */
export * from './api.js';
export type { EventRecorder } from './event-recorder.js';
export type { Informer, InformerHandlers, Informers, Lister } from './informers.js';
