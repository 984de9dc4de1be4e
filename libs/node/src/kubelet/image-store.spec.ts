import { describe, expect, it } from '@jest/globals';
import { Random } from '#base';
import { parseImageRef } from '../images/image-ref.js';
import { ImageStore } from './image-store.js';

const nginx = parseImageRef('nginx');
/** The registry is asked each time: at most 400 ms and 30 %. */
const RESOLVE_MS_MAX = 520;

describe('ImageStore', () => {
  it('moves the layers of an image once, however many pods wait for it', () => {
    const store = new ImageStore(new Random('pulls'), []);
    const first = store.pull(nginx, 0, false);
    const second = store.pull(nginx, 0, false);
    expect(first.pullMs).toBeGreaterThan(RESOLVE_MS_MAX);
    expect(second.pullMs).toBeLessThanOrEqual(RESOLVE_MS_MAX);
    expect(second.doneAtMs).toBe(first.doneAtMs + second.pullMs);
    expect(store.add(nginx)).toBe(true);
    expect(store.pull(nginx, 60_000, false).pullMs).toBeLessThanOrEqual(RESOLVE_MS_MAX);
  });

  it('moves them anew after a pull that failed', () => {
    const store = new ImageStore(new Random('pulls'), []);
    store.pull(nginx, 0, true);
    expect(store.pull(nginx, 0, false).pullMs).toBeGreaterThan(RESOLVE_MS_MAX);
  });
});
