import { afterAll, beforeAll, describe } from '@jest/globals';
import type { Store } from '#storage';
import { commitContract } from './store-contract/commit.js';
import { listContract } from './store-contract/list.js';
import { livesContract } from './store-contract/lives.js';
import { pastContract } from './store-contract/past.js';
import { watchContract } from './store-contract/watch.js';
import { ContractWorld } from './store-contract/support.js';

export { del, put, RecordingSink, shown, textOf, valueOf } from './store-contract/support.js';

/** What every Store must do. `makeStore` is called once; the suite closes what it gives. */
export function storeContract(name: string, makeStore: () => Promise<Store>): void {
  describe(`store contract: ${name}`, () => {
    const world = new ContractWorld();
    beforeAll(() => world.open(makeStore));
    afterAll(() => world.store.close());

    commitContract(world);
    listContract(world);
    pastContract(world);
    watchContract(world);
    livesContract(world);
  });
}
