import type { Clock, Random } from '#base';
import type { ClusterApi, EventRecorder } from '#client';
import type { ImageStore } from './image-store.js';
import type { IpPool } from './ip-pool.js';

/** What a pod's worker uses of the node it is on. */
export interface NodeSide {
  readonly name: string;
  readonly hostIP: string;
  readonly clock: Clock;
  /** Seeds what has to look random; derived per pod. */
  readonly random: Random;
  /** Acts as system:node:<name>. */
  readonly api: ClusterApi;
  readonly events: EventRecorder;
  readonly images: ImageStore;
  readonly ips: IpPool;
  /** An image was pulled that was not there: the node's status is to say so, sometime. */
  imagesChanged(): void;
}
