/**
 * client: how actors see a cluster, as client-go is to Kubernetes: typed calls, informers, work queue, event recorder.
 * It holds no storage and no authority of its own; an implementation of ClusterApi is handed in.
 */
export * from './api.js';
export { type EventRecorder, type EventSource, type LiveEventRecorder, newEventRecorder } from './event-recorder.js';
export type { Informer, InformerHandlers, Lister } from './informer.js';
export { type Informers, type InformersOptions, newInformers } from './informers.js';
export { RecentMap } from './recent-map.js';
export { WorkQueue, type WorkQueueOptions } from './work-queue.js';
