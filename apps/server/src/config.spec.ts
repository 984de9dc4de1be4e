import { describe, expect, it } from '@jest/globals';
import { AddressPolicy } from '#webhook';
import { configOf } from './config.js';

describe('configOf', () => {
  it('has the documented defaults', () => {
    expect(configOf({}, '/work')).toEqual({
      dataDir: '/work/.sandkube',
      databaseUrl: undefined,
      bind: '127.0.0.1',
      httpsPort: 6443,
      httpPort: 8080,
      publicUrl: undefined,
      webhookAddresses: new AddressPolicy(),
    });
  });

  it.each([
    [{ SANDKUBE_HTTPS_PORT: 'x' }, 'SANDKUBE_HTTPS_PORT must be a port between 0 and 65535, not "x"'],
    [{ SANDKUBE_HTTP_PORT: '70000' }, 'SANDKUBE_HTTP_PORT must be a port between 0 and 65535, not "70000"'],
    [{ SANDKUBE_HTTP_PORT: '-1' }, 'SANDKUBE_HTTP_PORT must be a port between 0 and 65535, not "-1"'],
    [{ SANDKUBE_DATABASE_URL: 'mysql://x' }, 'SANDKUBE_DATABASE_URL must be a URL with postgres: or postgresql://'],
    [{ SANDKUBE_PUBLIC_URL: 'sandkube' }, 'SANDKUBE_PUBLIC_URL must be a URL with http: or https://'],
    [
      { SANDKUBE_WEBHOOK_ALLOW: '127.0.0.1, 10.0.0.0/40' },
      'SANDKUBE_WEBHOOK_ALLOW must be a list of CIDRs such as 10.0.0.0/8,fd00::/8, not "10.0.0.0/40"',
    ],
  ])('refuses %j in one line', (env, message) => {
    expect(() => configOf(env, '/')).toThrow(message);
  });

  it('drops the slash that ends a public URL', () => {
    expect(configOf({ SANDKUBE_PUBLIC_URL: 'https://k8s.example/' }, '/').publicUrl).toBe('https://k8s.example');
  });
});
