import { openPostgresStore } from '#storage';
import { storeContract, TEST_SERVER_KEY, useTestPostgres } from '#testing';

const postgres = useTestPostgres();
const open = (limits = {}) =>
  openPostgresStore({
    url: postgres.url,
    serverKey: TEST_SERVER_KEY,
    limits,
    onFault: (_message, error) => Promise.reject(error),
  });

storeContract('postgres', () => open());
