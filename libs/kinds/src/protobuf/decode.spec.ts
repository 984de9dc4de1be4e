import { describe, expect, it } from '@jest/globals';
import { protobufFieldsJson } from '../generated/protobuf.js';
import { decodeProtobuf } from './decode.js';

const MAGIC = Buffer.from('k8s\0');

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}
const tagged = (field: number, wireType: number, ...rest: Buffer[]) =>
  Buffer.concat([varint(field * 8 + wireType), ...rest]);
const int = (field: number, value: number) => tagged(field, 0, varint(value));
const bytes = (field: number, value: Buffer) => tagged(field, 2, varint(value.length), value);
const text = (field: number, value: string) => bytes(field, Buffer.from(value));
const message = (field: number, ...fields: Buffer[]) => bytes(field, Buffer.concat(fields));

function enveloped(apiVersion: string, kind: string, ...fields: Buffer[]): Buffer {
  return Buffer.concat([
    MAGIC,
    message(1, text(1, apiVersion), text(2, kind)),
    message(2, ...fields),
    text(3, ''),
    text(4, ''),
  ]);
}

describe('decodeProtobuf', () => {
  it('reads what kubectl create deployment sends', async () => {
    const deployment = enveloped(
      'apps/v1',
      'Deployment',
      message(1, text(1, 'web'), text(2, ''), int(7, 0), message(8), message(11, text(1, 'app'), text(2, 'web'))),
      message(
        2,
        int(1, 0),
        message(2, message(1, text(1, 'app'), text(2, 'web'))),
        message(3, message(2, message(2, text(1, 'nginx'), text(2, 'nginx'), message(8)))),
        int(5, 0),
      ),
    );
    expect(await decodeProtobuf(deployment)).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', labels: { app: 'web' } },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'web' } },
        template: { spec: { containers: [{ name: 'nginx', image: 'nginx', resources: {} }] } },
      },
    });
  });

  it('reads bytes, quantities, times, int-or-strings and negative numbers', async () => {
    const secret = enveloped('v1', 'Secret', message(2, text(1, 'key'), text(2, '\u0001')));
    expect(await decodeProtobuf(secret)).toMatchObject({ data: { key: 'AQ==' } });
    const quota = enveloped('v1', 'ResourceQuota', message(2, message(1, text(1, 'pods'), message(2, text(1, '4')))));
    expect(await decodeProtobuf(quota)).toMatchObject({ spec: { hard: { pods: '4' } } });
    const lease = enveloped('coordination.k8s.io/v1', 'Lease', message(2, message(4, int(1, 1_767_225_600))));
    expect(await decodeProtobuf(lease)).toMatchObject({ spec: { renewTime: '2026-01-01T00:00:00.000000Z' } });
    const service = enveloped(
      'v1',
      'Service',
      message(2, message(1, int(3, 80), message(4, int(1, 1), text(3, 'http')))),
    );
    expect(await decodeProtobuf(service)).toMatchObject({ spec: { ports: [{ port: 80, targetPort: 'http' }] } });
    const priority = enveloped('scheduling.k8s.io/v1', 'PriorityClass', int(2, -5));
    expect(await decodeProtobuf(priority)).toMatchObject({ value: -5 });
  });

  it('puts the fields of an embedded message where JSON has them', async () => {
    const http = message(1, message(1, text(1, '/'), text(3, 'Prefix')));
    const rule = message(3, text(1, 'a.example'), message(2, http));
    const ingress = enveloped('networking.k8s.io/v1', 'Ingress', message(2, rule));
    expect(await decodeProtobuf(ingress)).toMatchObject({
      spec: { rules: [{ host: 'a.example', http: { paths: [{ path: '/', pathType: 'Prefix' }] } }] },
    });
    const volume = message(1, text(1, 'v'), message(2, message(19, message(1, text(1, 'settings')))));
    const probe = message(11, message(1, message(2, text(1, '/ok'))));
    const pod = enveloped('v1', 'Pod', message(2, volume, message(2, text(1, 'c'), probe)));
    expect(await decodeProtobuf(pod)).toMatchObject({
      spec: {
        volumes: [{ name: 'v', configMap: { name: 'settings' } }],
        containers: [{ name: 'c', readinessProbe: { httpGet: { path: '/ok' } } }],
      },
    });
  });

  it('knows every message that another one holds', () => {
    const facts = JSON.parse(protobufFieldsJson) as Record<string, Record<string, string>>;
    const held = Object.values(facts).flatMap((fields) => Object.values(fields).map((fact) => fact.split(' ').at(-1)!));
    const unknown = new Set(held.filter((type) => type.length > 1 && !(type in facts)));
    // Of a version that no cluster serves.
    expect([...unknown]).toEqual(['resource.v1alpha3.DeviceSelector']);
  });

  it('keeps a map key that objects are wary of', async () => {
    const map = (key: string) => message(2, text(1, key), text(2, 'v'));
    const decoded = (await decodeProtobuf(enveloped('v1', 'ConfigMap', map('__proto__'), map('constructor')))) as {
      data: object;
    };
    expect(Object.keys(decoded.data)).toEqual(['__proto__', 'constructor']);
  });

  it.each([
    ['no envelope', Buffer.from('{"kind":"Pod"}'), 400],
    ['nothing', Buffer.alloc(0), 400],
    ['a truncated message', enveloped('v1', 'ConfigMap', text(1, 'x')).subarray(0, 20), 400],
    ['a length beyond the end', Buffer.concat([MAGIC, Buffer.from([0x0a, 0xff, 0xff, 0xff, 0x7f])]), 400],
    ['a kind without this form', enveloped('sandkube.dev/v1alpha1', 'Sandbox'), 415],
  ])('refuses %s', async (_what, body, code) => {
    await expect(decodeProtobuf(body)).rejects.toMatchObject({ code });
  });
});
