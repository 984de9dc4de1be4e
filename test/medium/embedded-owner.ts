import { startEmbeddedPostgres } from '#storage';

/** A server that owns a data directory until it is killed: the process that embedded.spec.ts kills. */
const { url, pid } = await startEmbeddedPostgres({ dataDir: process.argv[2]!, durable: false });
process.stdout.write(`${JSON.stringify({ url, pid })}\n`);
process.stdin.resume();
