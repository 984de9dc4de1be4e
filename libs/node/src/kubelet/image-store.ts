import { createHash } from 'node:crypto';
import type { Random } from '#base';
import type { ContainerImage } from '#kinds';
import type { ImageRef } from '../images/image-ref.js';
import { imageModelOf } from '../images/images.js';

/** How fast a node pulls. The time per image varies by ±30 %. */
const PULL_BYTES_PER_MS = 45_000;
/** Asking the registry, whatever the size. */
const RESOLVE_MS = 400;
/** Models the kubelet's nodeStatusMaxImages (1.36). */
const REPORTED_IMAGES_MAX = 50;

const digestOf = (full: string) => createHash('sha256').update(full).digest('hex');

/** 'docker.io/library/nginx@sha256:…': the same wherever and whenever it is pulled. */
export function imageIdOf(ref: ImageRef): string {
  return `${ref.host}/${ref.repository}@${ref.digest ?? `sha256:${digestOf(ref.full)}`}`;
}

/** The images of one node. Pulls go one after another, as the kubelet's serial puller does. */
export class ImageStore {
  private readonly sizes = new Map<string, number>();
  /** Being pulled, or in line for it: whoever comes after finds the layers there. */
  private readonly coming = new Set<string>();
  private pullerFreeAtMs = 0;

  constructor(
    private readonly chance: Random,
    known: readonly ContainerImage[],
  ) {
    for (const { names = [], sizeBytes = 0 } of known) for (const name of names) this.sizes.set(name, sizeBytes);
  }

  has(ref: ImageRef): boolean {
    return this.sizes.has(ref.full);
  }

  /** Takes the puller for as long as the pull lasts. `pullMs` is the pull itself, `doneAtMs` with waiting for its turn. */
  pull(ref: ImageRef, nowMs: number, fails: boolean): { pullMs: number; doneAtMs: number } {
    const isThereByThen = this.has(ref) || this.coming.has(ref.full);
    if (!fails) this.coming.add(ref.full);
    const transferMs = fails || isThereByThen ? 0 : imageModelOf(ref).sizeBytes / PULL_BYTES_PER_MS;
    const pullMs = Math.round((RESOLVE_MS + transferMs) * (0.7 + 0.6 * this.chance.next()));
    this.pullerFreeAtMs = Math.max(this.pullerFreeAtMs, nowMs) + pullMs;
    return { pullMs, doneAtMs: this.pullerFreeAtMs };
  }

  /** True when it was not there before. */
  add(ref: ImageRef): boolean {
    this.coming.delete(ref.full);
    if (this.has(ref)) return false;
    this.sizes.set(ref.full, imageModelOf(ref).sizeBytes);
    return true;
  }

  /** As the node's status lists them: the biggest first. */
  report(): ContainerImage[] {
    return [...this.sizes]
      .map(([name, sizeBytes]) => ({ names: [name], sizeBytes }))
      .toSorted((a, b) => b.sizeBytes - a.sizeBytes || (a.names[0]! < b.names[0]! ? -1 : 1))
      .slice(0, REPORTED_IMAGES_MAX);
  }
}
