import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Service } from '#kinds';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';

const PORTS = [{ port: 80 }];

describe('ServiceAllocator', () => {
  let cluster: SpecCluster;
  const create = async (name: string, spec: object = {}) =>
    (await cluster.create('services', { metadata: { name }, spec: { ports: PORTS, ...spec } })).object() as Service;
  const patch = async (name: string, spec: object) => {
    const body = { bytes: Buffer.from(JSON.stringify({ spec })), format: 'json' as const };
    return (
      await cluster.verbs.patch(cluster.ctx(), cluster.target('services', name), 'merge', body, {})
    ).object() as Service;
  };

  beforeEach(async () => {
    cluster = await aSpecCluster();
  });

  it('gives every service an address of its own, however many come at once', async () => {
    const services = await Promise.all(Array.from({ length: 50 }, (_, i) => create(`s${i}`, { type: 'NodePort' })));
    const addresses = services.map(({ spec }) => spec?.clusterIP ?? '');
    expect(new Set(addresses).size).toBe(50);
    for (const address of addresses) expect(address).toMatch(/^10\.(9[6-9]|10[0-9]|11[01])\./);
    const ports = services.map(({ spec }) => spec?.ports?.[0]?.nodePort ?? 0);
    expect(new Set(ports).size).toBe(50);
    expect(Math.min(...ports)).toBeGreaterThanOrEqual(30_000);
    expect(Math.max(...ports)).toBeLessThanOrEqual(32_767);
    expect(services[0]?.spec).toMatchObject({
      clusterIPs: [addresses[0]],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
    });
  });

  it('takes the address asked for, and lets nobody have it twice at once', async () => {
    const results = await Promise.allSettled([
      create('a', { clusterIP: '10.96.0.10' }),
      create('b', { clusterIP: '10.96.0.10' }),
    ]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it.each([
    [
      { clusterIP: '10.96.0.10' },
      'spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated',
    ],
    [
      { clusterIP: '1.2.3.4' },
      'spec.clusterIPs: Invalid value: ["1.2.3.4"]: failed to allocate IP 1.2.3.4: the provided IP (1.2.3.4) is not in the valid range. The range of valid IPs is 10.96.0.0/12',
    ],
    [
      { type: 'NodePort', ports: [{ port: 80, nodePort: 30_080 }] },
      'spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated',
    ],
    [
      { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] },
      'spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
    ],
  ])('refuses %j', async (spec, message) => {
    await create('first', { type: 'NodePort', clusterIP: '10.96.0.10', ports: [{ port: 80, nodePort: 30_080 }] });
    await expect(create('b', spec)).rejects.toMatchObject({ code: 422, message: `Service "b" is invalid: ${message}` });
  });

  it('gives free again what a service held', async () => {
    await create('a', { clusterIP: '10.96.0.10' });
    await cluster.verbs.delete(cluster.ctx(), cluster.target('services', 'a'), {});
    expect((await create('b', { clusterIP: '10.96.0.10' })).spec?.clusterIP).toBe('10.96.0.10');
  });

  it('gives no address to headless services and names of others', async () => {
    expect((await create('h', { clusterIP: 'None' })).spec).toMatchObject({ clusterIP: 'None', clusterIPs: ['None'] });
    const external = await create('e', { type: 'ExternalName', externalName: 'x.test' });
    expect(external.spec).not.toHaveProperty('clusterIP');
  });

  it('keeps the address through updates and adds what a new type needs', async () => {
    const before = await create('a');
    const after = await patch('a', { type: 'NodePort' });
    expect(after.spec?.clusterIP).toBe(before.spec?.clusterIP);
    expect(after.spec?.ports?.[0]?.nodePort).toBeGreaterThanOrEqual(30_000);
    const again = await patch('a', { selector: { app: 'x' } });
    expect(again.spec?.ports).toEqual(after.spec?.ports);
  });
});
