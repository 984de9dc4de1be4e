import { describe, expect, it } from '@jest/globals';
import { leaseCandidateV1beta1Kind } from '../coordination/lease-candidate-v1beta1.kind.js';
import { leaseKind } from '../coordination/lease.kind.js';
import { endpointSliceKind } from '../discovery/endpoint-slice.kind.js';
import type { Kind } from '../kind.js';
import { ingressClassKind } from './ingress-class.kind.js';
import { ingressKind } from './ingress.kind.js';
import { ipAddressKind } from './ip-address.kind.js';
import { networkPolicyKind } from './network-policy.kind.js';
import { serviceCidrKind } from './service-cidr.kind.js';
import { errorsOfChange, errorsOfNew, made } from '../spec-kind.js';

const service = (port: object = { number: 80 }, name = 'web') => ({ service: { name, port } });
const path = (more: object = {}) => ({ path: '/', pathType: 'Prefix', backend: service(), ...more });
const ingress = (more: object = {}, ...paths: object[]) => ({ spec: { rules: [{ http: { paths }, ...more }] } });
const policy = (peer: object, ...ports: object[]) => ({
  spec: { podSelector: {}, ingress: [{ from: [peer], ports }] },
});
const slice = (addressType: string, address: string, more: object = {}) => ({
  addressType,
  endpoints: [{ addresses: [address], ...more }],
});
const parent = (more: object = {}) => ({
  metadata: { name: '10.96.0.1' },
  spec: { parentRef: { resource: 'services', namespace: 'default', name: 'web', ...more } },
});
const candidate = (more: object = {}) => ({
  spec: {
    leaseName: 'a',
    binaryVersion: '1.36.0',
    emulationVersion: '1.35.0',
    strategy: 'OldestEmulationVersion',
    ...more,
  },
});
const AT = 'spec.rules[0].http.paths[0]';

describe('what upstream lets be', () => {
  it.each([
    [ingressKind, ingress({ host: 'a.example.com' }, path())],
    [ingressKind, ingress({ host: '*.example.com' }, path({ pathType: 'ImplementationSpecific', path: '' }))],
    [
      ingressKind,
      { spec: { defaultBackend: { resource: { apiGroup: 'k8s.example.com', kind: 'Bucket', name: 'b' } } } },
    ],
    [ingressClassKind, { spec: { controller: 'example.com/ingress', parameters: { kind: 'P', name: 'p' } } }],
    [networkPolicyKind, policy({ podSelector: {}, namespaceSelector: {} }, { port: 80, endPort: 90 }, { port: 'web' })],
    [networkPolicyKind, policy({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } })],
    [ipAddressKind, parent()],
    [serviceCidrKind, { spec: { cidrs: ['10.0.0.0/16', 'fd00::/108'] } }],
    [endpointSliceKind, slice('FQDN', 'a.example.com.')],
    [endpointSliceKind, slice('IPv6', 'fd00::1', { hints: { forZones: [{ name: 'a' }] } })],
    [leaseKind, { spec: { strategy: 'example.com/mine', preferredHolder: 'a' } }],
    [leaseCandidateV1beta1Kind, candidate()],
  ] as [Kind, object][])('%#', (kind, rest) => expect(errorsOfNew(kind, rest)).toEqual([]));
});

describe('what upstream refuses', () => {
  it.each([
    [ingressKind, { spec: {} }, 'spec: Invalid value: null: either `defaultBackend` or `rules` must be specified'],
    [
      ingressKind,
      ingress({ host: '1.2.3.4' }, path()),
      'spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address',
    ],
    [ingressKind, ingress({}), 'spec.rules[0].http.paths: Required value'],
    [
      ingressKind,
      ingress({}, path({ pathType: undefined })),
      `${AT}.pathType: Required value: pathType must be specified`,
    ],
    [
      ingressKind,
      ingress({}, path({ pathType: 'Regex' })),
      `${AT}.pathType: Unsupported value: "Regex": supported values: "Exact", "ImplementationSpecific", "Prefix"`,
    ],
    [ingressKind, ingress({}, path({ path: 'a' })), `${AT}.path: Invalid value: "a": must be an absolute path`],
    [ingressKind, ingress({}, path({ path: '/a//b' })), `${AT}.path: Invalid value: "/a//b": must not contain '//'`],
    [ingressKind, ingress({}, path({ path: '/a/..' })), `${AT}.path: Invalid value: "/a/..": cannot end with '/..'`],
    [
      ingressKind,
      ingress({}, path({ backend: {} })),
      `${AT}.backend: Invalid value: "": resource or service backend is required`,
    ],
    [
      ingressKind,
      ingress({}, path({ backend: service({}) })),
      `${AT}.backend: Required value: port name or number is required`,
    ],
    [
      ingressKind,
      ingress({}, path({ backend: service({ name: 'web', number: 80 }) })),
      `${AT}.backend: Invalid value: "": cannot set both port name & port number`,
    ],
    [
      ingressKind,
      ingress({}, path({ backend: service({ number: 70000 }) })),
      `${AT}.backend.service.port.number: Invalid value: 70000: must be between 1 and 65535, inclusive`,
    ],
    [
      ingressKind,
      {
        metadata: { annotations: { 'kubernetes.io/ingress.class': 'a' } },
        spec: { ...ingress({}, path()).spec, ingressClassName: 'b' },
      },
      'annotations.kubernetes.io/ingress.class: Invalid value: "a": must match `ingressClassName` when both are specified',
    ],
    [ingressClassKind, { spec: {} }, 'spec.controller: Required value'],
    [
      ingressClassKind,
      { spec: { controller: 'nginx' } },
      'spec.controller: Invalid value: "nginx": must be a domain-prefixed path (such as "acme.io/foo")',
    ],
    [
      ingressClassKind,
      { spec: { controller: 'a.b/c', parameters: { kind: 'P', name: 'p', namespace: 'x' } } },
      "spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'",
    ],
    [
      ingressClassKind,
      { spec: { controller: 'a.b/c', parameters: { kind: 'P', name: 'p', scope: 'Namespace' } } },
      "spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'",
    ],
    [networkPolicyKind, policy({}), 'spec.ingress[0].from[0]: Required value: must specify a peer'],
    [
      networkPolicyKind,
      policy({ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }),
      'spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer',
    ],
    [
      networkPolicyKind,
      policy({ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }),
      'spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`',
    ],
    [
      networkPolicyKind,
      policy({ podSelector: {} }, { port: 90, endPort: 80 }),
      'spec.ingress[0].ports[0].endPort: Invalid value: 80: must be greater than or equal to `port`',
    ],
    [
      networkPolicyKind,
      policy({ podSelector: {} }, { endPort: 80 }),
      'spec.ingress[0].ports[0].endPort: Invalid value: 80: may not be specified when `port` is not specified',
    ],
    [
      networkPolicyKind,
      { spec: { podSelector: {}, policyTypes: ['Inbound'] } },
      'spec.policyTypes[0]: Unsupported value: "Inbound": supported values: "Ingress", "Egress"',
    ],
    [ipAddressKind, { spec: {} }, 'spec.parentRef: Required value'],
    [ipAddressKind, parent({ resource: '' }), 'spec.parentRef.resource: Required value'],
    [serviceCidrKind, { spec: {} }, 'spec.cidrs: Required value: at least one CIDR required'],
    [
      serviceCidrKind,
      { spec: { cidrs: ['10.0.0.1/16'] } },
      'spec.cidrs[0]: Invalid value: "10.0.0.1/16": must not have bits set beyond the prefix length',
    ],
    [
      serviceCidrKind,
      { spec: { cidrs: ['10.0.0.0/16', '10.1.0.0/16'] } },
      'spec.cidrs: Invalid value: ["10.0.0.0/16","10.1.0.0/16"]: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
    ],
    [
      endpointSliceKind,
      slice('IPv4', 'fd00::1'),
      'endpoints[0].addresses[0]: Invalid value: "fd00::1": must be an IPv4 address',
    ],
    [
      endpointSliceKind,
      slice('IPv4', '127.0.0.1'),
      'endpoints[0].addresses[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
    ],
    [
      endpointSliceKind,
      slice('FQDN', 'local'),
      'endpoints[0].addresses[0]: Invalid value: "local": should be a domain with at least two segments separated by dots',
    ],
    [
      endpointSliceKind,
      slice('IPv4', '10.0.0.1', { hints: { forZones: [{ name: 'a' }, { name: 'a' }] } }),
      'endpoints[0].hints.forZones[1].name: Duplicate value: "a"',
    ],
    [
      leaseKind,
      { spec: { preferredHolder: 'a' } },
      'spec.preferredHolder: Forbidden: may only be specified if `strategy` is defined',
    ],
    [
      leaseCandidateV1beta1Kind,
      candidate({ binaryVersion: '1.34.0' }),
      'spec.binaryVersion: Invalid value: "1.34.0": must be greater than or equal to `emulationVersion`',
    ],
    [
      leaseCandidateV1beta1Kind,
      candidate({ binaryVersion: 'v1' }),
      'spec.binaryVersion: Invalid value: "v1": must be a valid semantic version',
    ],
  ] as [Kind, object, string][])('%# %p', (kind, rest, error) => expect(errorsOfNew(kind, rest)).toContain(error));
});

describe('updates', () => {
  it.each([
    [
      ingressClassKind,
      { spec: { controller: 'a.b/d' } },
      { spec: { controller: 'a.b/c' } },
      ['spec.controller: Invalid value: "a.b/d": field is immutable'],
    ],
    [
      ipAddressKind,
      parent({ name: 'other' }),
      parent(),
      [
        'spec.parentRef: Invalid value: {"resource":"services","namespace":"default","name":"other"}: field is immutable',
      ],
    ],
    [serviceCidrKind, { spec: { cidrs: ['10.0.0.0/16', 'fd00::/108'] } }, { spec: { cidrs: ['10.0.0.0/16'] } }, []],
    [
      serviceCidrKind,
      { spec: { cidrs: ['10.1.0.0/16'] } },
      { spec: { cidrs: ['10.0.0.0/16'] } },
      ['spec.cidrs[0]: Invalid value: "10.1.0.0/16": field is immutable'],
    ],
    [
      serviceCidrKind,
      { spec: { cidrs: [] } },
      { spec: { cidrs: ['10.0.0.0/16'] } },
      ['spec.cidrs: Invalid value: []: field is immutable'],
    ],
    // What was let in before a rule existed may stay.
    [
      ingressKind,
      ingress({ host: '*.example.com' }, path({ path: 'a' })),
      ingress({ host: '*.example.com' }, path({ path: 'a' })),
      [],
    ],
  ] as [Kind, object, object, string[]][])('%#', (kind, rest, old, errors) => {
    expect(errorsOfChange(kind, rest, old)).toEqual(errors);
  });
});

describe('names and warnings', () => {
  it.each([
    ['10.0.0.1', []],
    ['a', ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
    ['FD00::1', ['must be in canonical form ("fd00::1")']],
  ])('an IPAddress named %s', (name, messages) => expect(ipAddressKind.validateName!(name, false)).toEqual(messages));

  it('warns of the annotation that a field replaced, once', () => {
    const object = made(ingressKind, {
      metadata: { annotations: { 'kubernetes.io/ingress.class': 'a' } },
      ...ingress({}, path()),
    });
    expect(ingressKind.warnings!(object as never, undefined)).toEqual([
      'annotation "kubernetes.io/ingress.class" is deprecated, please use \'spec.ingressClassName\' instead',
    ]);
    expect(ingressKind.warnings!(object as never, object as never)).toEqual([]);
  });

  it('warns of networks that may be meant otherwise', () => {
    const object = made(networkPolicyKind, policy({ ipBlock: { cidr: '10.1.2.3/8', except: ['FD00::/16'] } }));
    expect(networkPolicyKind.warnings!(object as never, undefined)).toEqual([
      'spec.ingress[0].from[0].ipBlock.cidr: CIDR value "10.1.2.3/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.1.2.3/32"?)',
      'spec.ingress[0].from[0].ipBlock.except[0]: IPv6 CIDR value "FD00::/16" should be in RFC 5952 canonical format ("fd00::/16")',
    ]);
  });
});
