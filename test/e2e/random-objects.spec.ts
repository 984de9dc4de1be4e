import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { entropy, Random } from '#base';
import { RandomObjects } from './support/random-objects.js';
import { Rest } from './support/rest.js';
import {
  collectionPath,
  creatableResources,
  publishedSchemas,
  type ServedResource,
} from './support/served-resources.js';
import { ServerProcess } from './support/server-process.js';

/** A fixed seed keeps what was once found from coming back; the other is new every time and printed when it fails. */
const SEEDS = ['one', entropy(4)];
const OBJECTS_PER_RESOURCE = 8;
/** What the server says of an error that nobody foresaw. A 500 that upstream answers, too, says something else. */
const UNFORESEEN = /failed unexpectedly/;

let server: ServerProcess;
let rest: Rest;

beforeAll(async () => {
  server = await ServerProcess.start();
  rest = new Rest(server);
});
afterAll(() => server.dispose());

/** Writes of random objects of one resource in every way that there is, and a table of what came of it. */
class Trial {
  readonly faults: string[] = [];
  created = 0;

  constructor(
    private readonly resource: ServedResource,
    private readonly objects: RandomObjects,
    private readonly definition: string,
  ) {}

  async run(seed: string): Promise<void> {
    const names = Array.from({ length: OBJECTS_PER_RESOURCE }, (_, i) => `r${i}-${seed}`);
    // Made before anything is sent, so that the seed alone decides what they are.
    const writes = names.map((name, i) => ({
      name,
      bodies: [1, 2, 3, 4, 5, 6].map(() => this.body(name, i % 3 === 0)),
    }));
    await Promise.all(writes.map(({ name, bodies }) => this.write(name, bodies)));
    const path = collectionPath(this.resource);
    if (!this.resource.verbs.includes('list')) return;
    const { status, text } = await rest.table(path);
    if (status !== 200) this.faults.push(`GET ${path} as a Table: ${text}`);
  }

  /** Names that are right, so that more than the name is looked at; every third brings metadata of its own. */
  private body(name: string, withMetadata: boolean): object {
    const { metadata, ...rest } = this.objects.of(this.definition);
    const own = withMetadata && typeof metadata === 'object' ? metadata : {};
    const { groupVersion: apiVersion, kind } = this.resource;
    return { ...rest, apiVersion, kind, metadata: { ...own, name } };
  }

  private async write(name: string, bodies: readonly object[]): Promise<void> {
    const { verbs, writable } = this.resource;
    const path = collectionPath(this.resource);
    const own = `${path}/${name}`;
    if ((await this.send('POST', path, bodies[0]!)) < 300) this.created++;
    if (verbs.includes('update')) await this.send('PUT', own, bodies[1]!);
    for (const subresource of writable) await this.send('PUT', `${own}/${subresource}`, bodies[5]!);
    if (!verbs.includes('patch')) return;
    await this.send('PATCH', own, bodies[2]!, 'application/merge-patch+json');
    await this.send('PATCH', own, bodies[3]!, 'application/strategic-merge-patch+json');
    await this.send('PATCH', `${own}?fieldManager=me&force=true`, bodies[4]!, 'application/apply-patch+yaml');
  }

  private async send(method: string, path: string, body: object, type?: string): Promise<number> {
    const { status, text } = await rest.send(method, path, body, type);
    if (UNFORESEEN.test(text)) this.faults.push(`${method} ${path} ${JSON.stringify(body)}: ${text}`);
    return status;
  }
}

describe('random objects of every resource', () => {
  it.each(SEEDS)(
    'are accepted or refused for a reason (seed %s)',
    async (seed) => {
      const faults: string[] = [];
      let created = 0;
      for (const resource of await creatableResources(rest)) {
        const { definitions, definition } = await publishedSchemas(rest, resource);
        const objects = new RandomObjects(definitions, new Random(`${seed}/${collectionPath(resource)}`));
        const trial = new Trial(resource, objects, definition);
        await trial.run(seed);
        faults.push(...trial.faults);
        created += trial.created;
      }
      expect(faults).toEqual([]);
      expect(created).toBeGreaterThan(50);
      // Controllers, the scheduler and kubelets met them, too.
      expect(server.text).not.toMatch(/TypeError|RangeError/);
    },
    300_000,
  );
});
