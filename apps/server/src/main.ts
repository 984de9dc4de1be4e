import { nodeVersionProblem } from './node-version.js';

/** One line that begins with the program's name: what a start that fails leaves behind. */
function fail(message: string): never {
  console.error(`sandkube: ${message}`);
  process.exit(1);
}

const problem = nodeVersionProblem(process.versions.node);
if (problem) fail(problem);

// Only now: what an old Node cannot even parse must not be loaded before it is told so.
const { StartError } = await import('./config.js');
const { startServer } = await import('./start.js');

const starting = startServer({ env: process.env, cwd: process.cwd(), print: (line) => console.log(line) });
let stopping = false;
/** Also while it starts: what has been started by then must be stopped, the database before all. */
const stop = () => {
  if (stopping) return;
  stopping = true;
  starting
    .then((server) => server.stop())
    .then(
      () => process.exit(0),
      (error: unknown) => fail(`did not stop cleanly: ${String(error)}`),
    );
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);

try {
  await starting;
} catch (error) {
  if (error instanceof StartError) fail(error.message);
  fail(`could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
}
