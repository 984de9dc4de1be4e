import { describe, expect, it } from '@jest/globals';
import { isSealed, ServerKey } from './crypto.js';

const server = new ServerKey(Buffer.alloc(32, 1));

describe('data keys', () => {
  const { key, wrapped } = server.newDataKey('sandbox/a');
  const sealed = key.seal('value', 'secrets/d/s', '{"data":"ünï"}');

  it('open what they sealed, also after they were wrapped and unwrapped', () => {
    expect(isSealed(sealed)).toBe(true);
    expect(isSealed('{"data":1}')).toBe(false);
    expect(server.unwrap('sandbox/a', wrapped).unseal('value', 'secrets/d/s', sealed)).toBe('{"data":"ünï"}');
  });

  it('never give the same text twice', () => {
    expect(key.seal('value', 'secrets/d/s', 'x')).not.toBe(key.seal('value', 'secrets/d/s', 'x'));
  });

  const changed = `${sealed.slice(0, 30)}${sealed[30] === 'A' ? 'B' : 'A'}${sealed.slice(31)}`;
  it.each([
    ['in another place', () => key.unseal('value', 'secrets/d/t', sealed)],
    ['as another part', () => key.unseal('facets', 'secrets/d/s', sealed)],
    ['with the key of another owner', () => server.newDataKey('sandbox/b').key.unseal('value', 'secrets/d/s', sealed)],
    ['when it was changed', () => key.unseal('value', 'secrets/d/s', changed)],
    ['when it was cut', () => key.unseal('value', 'secrets/d/s', sealed.slice(0, 20))],
    ['of an unknown version', () => key.unseal('value', 'secrets/d/s', `~9${sealed.slice(2)}`)],
    ['wrapped for another owner', () => server.unwrap('sandbox/b', wrapped)],
    ['wrapped by another server', () => new ServerKey(Buffer.alloc(32, 2)).unwrap('sandbox/a', wrapped)],
  ])('refuse a sealed text %s', (_why, open) => {
    expect(open).toThrow();
  });

  it('need a server key of 32 bytes', () => {
    expect(() => new ServerKey(Buffer.alloc(16))).toThrow(/32/);
  });
});
