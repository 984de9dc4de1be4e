/** testing: what specs share: FakeClock, builders, contract suites, an in-process cluster. Imported by specs only. */
export { del, put, RecordingSink, shown, storeContract, textOf, valueOf } from './store-contract.js';
export { aDeployment, aNode, aPod, type Overrides } from './builders.js';
export { FakeClock } from './fake-clock.js';
export { TEST_SERVER_KEY, type TestPostgres, useTestPostgres } from './test-postgres.js';
export { recordsContract } from './records-contract.js';
export { eventText, type InMemoryCluster, inMemoryCluster, toldEvents } from './in-memory-cluster.js';
export { aWebhookServer, type WebhookReply, type WebhookServer } from './webhook-server.js';
