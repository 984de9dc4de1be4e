import { describe, expect, it } from '@jest/globals';
import { HOST_SANDBOX_ID } from '#base';
import { sandboxIdOf } from './identity.js';

describe('sandboxIdOf', () => {
  it.each([
    ['default', 'default', 'default'],
    ['default', 'web', 'web'],
    ['team-a', 'web', 'team-a.web'],
    ['default', 'host', 'default.host'],
  ])('%s/%s is %s', (namespace, name, id) => {
    expect(sandboxIdOf(namespace, name)).toBe(id);
    expect(sandboxIdOf(namespace, name)).not.toBe(HOST_SANDBOX_ID);
  });
});
