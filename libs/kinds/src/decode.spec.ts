import { describe, expect, it } from '@jest/globals';
import type { Json } from '#apimachinery';
import { deploymentKind } from './apps/deployment.kind.js';
import { configMapKind } from './core/config-map.kind.js';
import { podKind } from './core/pod/pod.kind.js';
import { secretKind } from './core/secret.kind.js';
import { decodeErrors } from './decode.js';
import type { Kind } from './kind.js';

const pod = (spec: Json): Json => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec });

describe('decodeErrors', () => {
  const wrong: [what: string, kind: Kind, body: Json, texts: string[]][] = [
    [
      'a string for an integer',
      deploymentKind,
      { spec: { replicas: '3' } },
      ['json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32'],
    ],
    [
      'a number for a string, deep in lists',
      deploymentKind,
      { spec: { template: { spec: { containers: [{ env: [{ value: 1 }] }] } } } },
      [
        'json: cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string',
      ],
    ],
    [
      'an integer beyond its size',
      deploymentKind,
      { spec: { replicas: 3_000_000_000 } },
      ['json: cannot unmarshal number 3000000000 into Go struct field DeploymentSpec.spec.replicas of type int32'],
    ],
    [
      'a fraction for an integer',
      deploymentKind,
      { spec: { replicas: 1.5 } },
      ['json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32'],
    ],
    [
      'an int64 overflow',
      podKind,
      { spec: { terminationGracePeriodSeconds: 1e30 } },
      [
        'json: cannot unmarshal number 1e+30 into Go struct field PodSpec.spec.terminationGracePeriodSeconds of type int64',
      ],
    ],
    [
      'an object for a list',
      podKind,
      { spec: { containers: {} } },
      ['json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container'],
    ],
    [
      'a list for a map',
      podKind,
      { metadata: { labels: [] } },
      ['json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string'],
    ],
    [
      'a bool for a label',
      podKind,
      { metadata: { labels: { a: true } } },
      ['json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string'],
    ],
    [
      'a bad time',
      podKind,
      { metadata: { creationTimestamp: 'now' } },
      ['parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006"'],
    ],
    ['bad base64', secretKind, { data: { a: 'b!c=' } }, ['illegal base64 data at input byte 1']],
    ['a list for the whole', podKind, [], ['json: cannot unmarshal array into Go value of type v1.Pod']],
  ];
  it.each(wrong)('refuses %s', (_what, kind, body, texts) => {
    expect(decodeErrors(kind, body).wrong).toEqual(texts);
  });

  it('refuses a bad quantity with the reason', () => {
    const body = pod({ containers: [{ name: 'a', resources: { limits: { cpu: 'lots' } } }] });
    expect(decodeErrors(podKind, body).wrong).toEqual([
      expect.stringContaining('quantities must match the regular expression'),
    ]);
  });

  it('names unknown fields by path and drops them', () => {
    const body = { metadata: { bad: 1 }, spec: { containers: [{ name: 'a', imag: 'b' }] }, foo: {} } as {
      [key: string]: Json;
    };
    expect(decodeErrors(podKind, body).unknown).toEqual([
      'unknown field "metadata.bad"',
      'unknown field "spec.containers[0].imag"',
      'unknown field "foo"',
    ]);
    expect(body).toEqual({ metadata: {}, spec: { containers: [{ name: 'a' }] } });
  });

  it('stops counting unknown fields where upstream does', () => {
    const body = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`x${i}`, i]));
    expect(decodeErrors(podKind, body).unknown).toHaveLength(100);
    expect(body).toEqual({});
  });

  it('gives the form of a round trip through Go', () => {
    const body = pod({
      nodeName: null,
      nodeSelector: {},
      tolerations: [],
      containers: [
        { name: 'a', resources: { limits: { cpu: '0.5', memory: '1024Mi', 'example.com/x': 2 } }, args: [null] },
      ],
      volumes: [{ name: 'v', emptyDir: {} }],
    });
    expect(decodeErrors(podKind, body)).toEqual({ unknown: [], wrong: [] });
    expect(body).toEqual(
      pod({
        containers: [
          { name: 'a', resources: { limits: { cpu: '500m', memory: '1Gi', 'example.com/x': '2' } }, args: [''] },
        ],
        volumes: [{ name: 'v', emptyDir: {} }],
      }),
    );
  });

  it('fills in what is required and plain text, as Go has it', () => {
    const body = pod({ containers: [{}, null], volumes: [{ secret: {} }] });
    expect(decodeErrors(podKind, body)).toEqual({ unknown: [], wrong: [] });
    expect(body).toEqual(pod({ containers: [{ name: '' }, { name: '' }], volumes: [{ name: '', secret: {} }] }));
  });

  it.each([
    ['2026-01-31T10:00:00Z', '2026-01-31T10:00:00Z'],
    ['2026-01-01T02:00:00+02:00', '2026-01-01T00:00:00Z'],
    ['2026-01-01T00:00:00.5Z', '2026-01-01T00:00:00Z'],
  ])('keeps the time %s as %s', (sent, kept) => {
    const body = { metadata: { creationTimestamp: sent } };
    expect(decodeErrors(podKind, body).wrong).toEqual([]);
    expect(body.metadata.creationTimestamp).toBe(kept);
  });

  it('takes __proto__ and constructor for ordinary keys', () => {
    const text = '{"metadata":{"labels":{"__proto__":"a","constructor":"b"}},"data":{"__proto__":null,"toString":"c"}}';
    const body = JSON.parse(text) as Json;
    expect(decodeErrors(configMapKind, body)).toEqual({ unknown: [], wrong: [] });
    expect(JSON.stringify(body)).toBe(text.replace('null', '""'));
    const strange = JSON.parse('{"__proto__":{"a":1},"constructor":1}') as Json;
    expect(decodeErrors(configMapKind, strange).unknown).toEqual([
      'unknown field "__proto__"',
      'unknown field "constructor"',
    ]);
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  it('keeps what is free: managed fields, raw extensions, schemas', () => {
    const body: Json = { metadata: { managedFields: [{ fieldsV1: { 'f:a': {}, 'f:b': null } }] } };
    decodeErrors(podKind, body);
    expect(body).toEqual({ metadata: { managedFields: [{ fieldsV1: { 'f:a': {}, 'f:b': null } }] } });
  });
});
