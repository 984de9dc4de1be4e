import { describe, expect, it } from '@jest/globals';
import { addressOf, requestInfoOf } from './request-info.js';

describe('addressOf', () => {
  it.each([
    ['/', 'host', '', '/', ''],
    ['/api/v1/pods?limit=1&x=?', 'host', '', '/api/v1/pods', 'limit=1&x=?'],
    ['/sandboxes/a.b', 'a.b', '/sandboxes/a.b', '/', ''],
    ['/sandboxes/a/api?w', 'a', '/sandboxes/a', '/api', 'w'],
    ['/sandboxes/host/api', undefined, '/sandboxes/host', '/api', ''],
    ['/sandboxes/A/api', undefined, '/sandboxes/A', '/api', ''],
    ['/sandboxes//api', undefined, '/sandboxes/', '/api', ''],
    ['/sandboxesx', 'host', '', '/sandboxesx', ''],
  ])('%s', (url, sandbox, base, path, search) => {
    expect(addressOf(url)).toEqual({ sandbox, base, path, search });
  });
});

describe('requestInfoOf', () => {
  const core = { group: '', version: 'v1', namespace: undefined, name: '', subresource: '', tail: [], watch: false };

  it.each([
    ['/api/v1/pods', { ...core, resource: 'pods' }],
    ['/api/v1/nodes/n/status', { ...core, resource: 'nodes', name: 'n', subresource: 'status' }],
    ['/api/v1/namespaces', { ...core, resource: 'namespaces' }],
    ['/api/v1/namespaces/x', { ...core, resource: 'namespaces', namespace: 'x', name: 'x' }],
    [
      '/api/v1/namespaces/x/finalize',
      { ...core, resource: 'namespaces', namespace: 'x', name: 'x', subresource: 'finalize' },
    ],
    ['/api/v1/namespaces/x/pods/', { ...core, resource: 'pods', namespace: 'x' }],
    ['/api/v1/namespaces/x/pods/p/log', { ...core, resource: 'pods', namespace: 'x', name: 'p', subresource: 'log' }],
    [
      '/api/v1/namespaces/x/pods/p/proxy/a/b',
      { ...core, resource: 'pods', namespace: 'x', name: 'p', subresource: 'proxy', tail: ['a', 'b'] },
    ],
    ['/api/v1/watch/pods', { ...core, resource: 'pods', watch: true }],
    [
      '/apis/apps/v1/namespaces/x/deployments/d%2Dd',
      { ...core, group: 'apps', resource: 'deployments', namespace: 'x', name: 'd-d' },
    ],
  ])('%s', (path, resource) => {
    expect(requestInfoOf(path)).toEqual({ kind: 'resource', resource });
  });

  it.each(['/', '/api', '/api/v1', '/apis/apps/v1/', '/version', '/metrics/x'])('%s is a path', (path) => {
    expect(requestInfoOf(path).kind).toBe('path');
  });

  it.each([
    ['/api/v1//pods', 404],
    ['/api/v1/../pods', 404],
    ['/api/v1/%2e%2e/pods', 404],
    ['/api/v1/a%2Fb', 404],
    ['/api/v1/a%00b', 400],
    ['/api/v1/%', 400],
    ['/api/v1/%ff', 400],
  ])('%s fails with %i', (path, code) => {
    expect(() => requestInfoOf(path)).toThrow(expect.objectContaining({ code }));
  });
});
