import { sleep } from '../load.js';
import { memoryOf } from '../processes.js';
import type { Row } from '../row.js';

/** Long enough for what is done once after a start. */
const SETTLE_MS = 3_000;

export const processRows: readonly Row[] = [
  {
    name: 'start to ready',
    needs: 'server',
    run: async ({ server }) => [
      { name: 'start to ready', value: server!.readyMs, unit: 'ms', better: 'lower', reference: 3_500 },
    ],
  },
  {
    name: 'memory, empty',
    needs: 'server',
    run: async ({ server }) => {
      await sleep(SETTLE_MS);
      const memory = memoryOf(server!.pid);
      return [
        { name: 'memory, empty: server', value: memory.server, unit: 'MB', better: 'lower', reference: 330 + 86 + 44 },
        { name: 'memory, empty: database', value: memory.database, unit: 'MB', better: 'lower', reference: 47 },
      ];
    },
  },
];
