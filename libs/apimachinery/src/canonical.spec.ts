import { describe, expect, it } from '@jest/globals';
import { asListItem, encodeCanonical, withApiVersion, withRevision } from './canonical.js';
import type { KubeObject } from './meta.js';

const POD = {
  spec: { a: 1 },
  status: {},
  metadata: { labels: { b: '1' }, uid: 'u', namespace: 'ns', name: 'web', resourceVersion: '7', generation: 2 },
  apiVersion: 'v1',
  kind: 'Pod',
} as unknown as KubeObject;

describe('canonical text', () => {
  it('puts the head, metadata in order and an empty slot first', () => {
    expect(encodeCanonical(POD)).toBe(
      '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web","namespace":"ns","uid":"u","resourceVersion":"",' +
        '"generation":2,"labels":{"b":"1"}},"spec":{"a":1},"status":{}}',
    );
  });

  it('drops absent, null and foreign metadata', () => {
    const metadata = { name: 'a', creationTimestamp: null, foreign: 1, labels: undefined };
    expect(encodeCanonical({ kind: 'A', apiVersion: 'v1', metadata } as unknown as KubeObject)).toBe(
      '{"kind":"A","apiVersion":"v1","metadata":{"name":"a","resourceVersion":""}}',
    );
  });

  it('fills the slot, whatever users name things', () => {
    const slot = '"resourceVersion":""';
    const hostile = {
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: { name: slot, namespace: `,"metadata":{`, annotations: { [slot]: slot, resourceVersion: '' } },
      data: { resourceVersion: '' },
    } as KubeObject;
    const text = withRevision(encodeCanonical(hostile), 42);
    expect(JSON.parse(text)).toEqual({ ...hostile, metadata: { ...hostile.metadata, resourceVersion: '42' } });
    const moved = withApiVersion(text, 'x/v1', 'Thing');
    expect(JSON.parse(moved)).toEqual({ ...JSON.parse(text), kind: 'Thing', apiVersion: 'x/v1' });
    const { kind: _kind, apiVersion: _apiVersion, ...item } = JSON.parse(text);
    expect(JSON.parse(asListItem(text))).toEqual(item);
  });

  it('answers 400 to what is nested deeper than the stack', () => {
    const data = JSON.parse(`${'['.repeat(10_000)}${']'.repeat(10_000)}`) as unknown;
    const deep = { kind: 'A', apiVersion: 'v1', metadata: {}, data } as KubeObject;
    expect(() => encodeCanonical(deep)).toThrow(expect.objectContaining({ code: 400, message: 'exceeded max depth' }));
  });

  it('keeps __proto__ and number-like keys as data behind the head', () => {
    const text =
      '{"kind":"A","apiVersion":"v1","metadata":{"name":"a","resourceVersion":""},"1":{"__proto__":1},"__proto__":{"x":1}}';
    expect(encodeCanonical(JSON.parse(text) as KubeObject)).toBe(text);
  });
});
