import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { kubeconfigFor, kubeconfigOf } from './kubeconfig.js';

const credentials = { adminCertificate: 'CERT', adminPrivateKey: 'KEY', adminToken: 'secret' };

describe('kubeconfigOf', () => {
  it('gives each cluster a context and a user with certificate and token', () => {
    const text = kubeconfigOf(
      [
        { name: 'default', server: 'https://127.0.0.1:6443/sandboxes/default', serverCa: 'CA', credentials },
        { name: 'host', server: 'https://127.0.0.1:6443', serverCa: 'CA', credentials },
      ],
      'host',
    );
    expect(parse(text)).toMatchObject({
      kind: 'Config',
      'current-context': 'host',
      clusters: [
        {
          name: 'default',
          cluster: { server: 'https://127.0.0.1:6443/sandboxes/default', 'certificate-authority-data': 'Q0E=' },
        },
        { name: 'host' },
      ],
      contexts: [
        { name: 'default', context: { cluster: 'default', user: 'kubernetes-admin@default' } },
        { name: 'host' },
      ],
      users: [
        {
          name: 'kubernetes-admin@default',
          user: { 'client-certificate-data': 'Q0VSVA==', 'client-key-data': 'S0VZ', token: 'secret' },
        },
        { name: 'kubernetes-admin@host' },
      ],
    });
  });

  it('names no authority for a publicly trusted server', () => {
    const { clusters } = parse(kubeconfigFor({ name: 'a', server: 'https://k8s.example', credentials })) as {
      clusters: unknown[];
    };
    expect(clusters).toEqual([{ name: 'a', cluster: { server: 'https://k8s.example' } }]);
  });
});
