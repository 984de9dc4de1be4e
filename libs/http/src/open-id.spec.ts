import { afterAll, beforeAll, expect, it } from '@jest/globals';
import request from 'supertest';
import { ALPHA, aSpecServer, BETA, type SpecServer } from './spec-server.js';

let server: SpecServer;
beforeAll(async () => {
  server = await aSpecServer();
});
afterAll(() => server.close());

const get = (path: string, sandbox: typeof ALPHA) =>
  request(server.plain).get(`/sandboxes/${sandbox}${path}`).set('authorization', server.bearer(sandbox));

it('tells where the keys of a sandbox are, and gives them', async () => {
  const found = await get('/.well-known/openid-configuration', ALPHA);
  expect(found.headers).toMatchObject({
    'content-type': 'application/json',
    'cache-control': 'public, max-age=3600',
  });
  expect(found.body).toEqual({
    issuer: 'https://kubernetes.default.svc.cluster.local',
    jwks_uri: `https://127.0.0.1:${server.door.httpsPort}/sandboxes/alpha/openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  });
  const keys = await get('/openid/v1/jwks', ALPHA).buffer();
  expect(keys.headers['content-type']).toBe('application/jwk-set+json');
  const [key] = (JSON.parse(keys.text) as { keys: Record<string, string>[] }).keys;
  expect(key).toMatchObject({ kty: 'EC', crv: 'P-256', use: 'sig', alg: 'ES256' });
  expect(key).not.toHaveProperty('d');
  expect((await get('/openid/v1/jwks/', ALPHA).buffer()).text).toBe(keys.text);
  const others = JSON.parse((await get('/openid/v1/jwks', BETA).buffer()).text) as { keys: { kid: string }[] };
  expect(others.keys[0]?.kid).not.toBe(key?.['kid']);
});

it('gives them to whom RBAC lets have them', async () => {
  const refused = await request(server.plain).get('/sandboxes/alpha/openid/v1/jwks');
  expect(refused.status).toBe(403);
  expect((refused.body as { message: string }).message).toBe(
    'forbidden: User "system:anonymous" cannot get path "/openid/v1/jwks"',
  );
  expect((await get('/openid/v1/other', ALPHA)).status).toBe(404);
});
