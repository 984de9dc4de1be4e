import { describe, expect, it } from '@jest/globals';
import { bearerTokenOf } from './bearer-token.js';

const UPGRADE = { connection: 'Upgrade', upgrade: 'websocket' };
const encoded = `base64url.bearer.authorization.k8s.io.${Buffer.from('t.o-ken').toString('base64url')}`;

describe('bearerTokenOf', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    [' Bearer abc ', 'abc'],
    ['Bearer abc def', 'abc'],
    ['Bearer  abc', undefined],
    ['Bearer', undefined],
    ['Bearer ', undefined],
    ['', undefined],
    ['Basic YTpi', undefined],
    ['Bearerabc', undefined],
    [undefined, undefined],
  ])('reads "%s" as %s', (authorization, token) => {
    expect(bearerTokenOf(authorization === undefined ? {} : { authorization })).toBe(token);
  });

  it.each([
    ['beside another', { ...UPGRADE, 'sec-websocket-protocol': `v4.channel.k8s.io, ${encoded}` }, 't.o-ken'],
    ['first of all', { ...UPGRADE, 'sec-websocket-protocol': `${encoded},x` }, 't.o-ken'],
    ['without a WebSocket', { 'sec-websocket-protocol': `${encoded},x` }, undefined],
    ['after a header', { ...UPGRADE, authorization: 'Bearer a', 'sec-websocket-protocol': `${encoded},x` }, 'a'],
    ['alone', { ...UPGRADE, 'sec-websocket-protocol': encoded }, '\0'],
    ['twice', { ...UPGRADE, 'sec-websocket-protocol': `${encoded},${encoded},x` }, '\0'],
    ['padded', { ...UPGRADE, 'sec-websocket-protocol': `${encoded}=,x` }, '\0'],
    ['not at all', { ...UPGRADE, 'sec-websocket-protocol': 'v4.channel.k8s.io' }, undefined],
  ])('reads a subprotocol %s', (_what, headers, token) => {
    expect(bearerTokenOf(headers)).toBe(token);
  });

  it('looks at a header of blanks once', () => {
    expect(bearerTokenOf({ authorization: `Bearer${' '.repeat(60_000)}x` })).toBeUndefined();
  });
});
