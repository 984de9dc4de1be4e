import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { controllers } from './controllers.js';

const HERE = join(process.cwd(), 'libs/controllers/src');

/** The API server's own, and one that upstream starts before there are accounts to act as. */
const WITHOUT_ACCOUNT = new Set([
  'customresourcedefinition',
  'crd-autoregister',
  'flow-bootstrap',
  'flow-schema-status',
  'clusterauthenticationtrust',
  'legacy-token-tracking',
  'serviceaccount-token',
]);

describe('controllers.ts', () => {
  it('lists every *.controller.ts, once', () => {
    const files = (readdirSync(HERE, { recursive: true }) as string[]).filter((file) =>
      file.endsWith('.controller.ts'),
    );
    const listed = [...readFileSync(join(HERE, 'controllers.ts'), 'utf8').matchAll(/from '\.\/(.+\.controller)\.js'/g)];
    expect(listed.map(([, file]) => `${file}.ts`).toSorted()).toEqual(files.toSorted());
    expect(controllers.length).toBe(files.length);
  });

  it('gives each a name of its own and a service account to act as', () => {
    expect(new Set(controllers.map(({ name }) => name)).size).toBe(controllers.length);
    for (const { identity, name } of controllers) {
      if (WITHOUT_ACCOUNT.has(name)) continue;
      expect(identity.username).toMatch(/^system:serviceaccount:kube-system:[a-z-]+$/);
      expect(identity.groups).toContain('system:serviceaccounts:kube-system');
    }
  });
});
