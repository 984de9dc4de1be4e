import { describe, expect, it } from '@jest/globals';
import { bodyFormatOf } from './media-type.js';
import { resourceNegotiator } from './representation.js';

describe('Accept', () => {
  it.each([
    [undefined, 'json', ''],
    ['', 'json', ''],
    ['*/*', 'json', ''],
    ['application/*;q=0.5', 'json', ''],
    ['application/yaml', 'yaml', ''],
    ['application/json;q=0.1, application/yaml', 'yaml', ''],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'json', ''],
    ['application/vnd.kubernetes.protobuf, application/json', 'json', ''],
    ['application/json;as=Table;v=v1;g=meta.k8s.io,application/json', 'json', 'Table'],
    ['application/json;as=Table;v=v9;g=meta.k8s.io,application/json', 'json', ''],
    [
      'application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io',
      'json',
      'Table',
    ],
    ['application/json; as="PartialObjectMetadata"; v=v1; g=meta.k8s.io', 'json', 'PartialObjectMetadata'],
  ])('%s', (accept, format, as) => {
    expect(resourceNegotiator.choose(accept)).toMatchObject({ format, as });
  });

  it.each(['image/png', 'application/json;q=0', 'application/json;as=Table;v=v1;g=nope', 'nonsense'])(
    '%s is 406',
    (accept) => {
      expect(() => resourceNegotiator.choose(accept)).toThrow(expect.objectContaining({ code: 406 }));
    },
  );

  it('remembers a bounded number of headers', () => {
    for (let i = 0; i < 5_000; i++) resourceNegotiator.choose(`application/json;q=0.${i}1`);
    const [remembered] = Object.values(resourceNegotiator).filter(
      (one): one is Map<string, unknown> => one instanceof Map,
    );
    expect(remembered!.size).toBeLessThanOrEqual(512);
  });
});

describe('Content-Type', () => {
  it.each([
    [undefined, 'json'],
    ['application/json; charset=utf-8', 'json'],
    ['Application/YAML', 'yaml'],
  ])('%s', (type, format) => expect(bodyFormatOf(type)).toBe(format));

  it('refuses others with 415', () => {
    expect(() => bodyFormatOf('text/plain')).toThrow(expect.objectContaining({ code: 415 }));
  });
});
