import { describe, expect, it } from '@jest/globals';
import type { APIService, APIServiceSpec } from '../generated/types.js';
import { builtInKinds } from '../kinds.js';
import { validateApiService, validateApiServiceStatus } from './api-service-validation.js';
import { builtInApiServices, definitionApiService, isBuiltInApiService } from './local-api-services.js';

function anApiService(spec: Partial<APIServiceSpec>, name = 'v1.example.com'): APIService {
  return {
    ...{ apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name } },
    spec: { group: 'example.com', version: 'v1', groupPriorityMinimum: 1000, versionPriority: 100, ...spec },
  };
}

const SERVICE = { namespace: 'default', name: 'api' };

describe('APIService', () => {
  it.each<[string, APIService, string[]]>([
    ['a local one', anApiService({}), []],
    ['a remote one', anApiService({ service: SERVICE, caBundle: 'eA==' }), []],
    [
      'another name',
      anApiService({}, 'x'),
      ['metadata.name: Invalid value: "x": must be `spec.version+"."+spec.group`: "v1.example.com"'],
    ],
    [
      'no group',
      anApiService({ group: '', version: 'v2' }, 'v2.'),
      ['spec.group: Required value: only v1 may have an empty group and it better be legacy kube'],
    ],
    [
      'priorities out of range',
      anApiService({ groupPriorityMinimum: 20_001, versionPriority: 0 }),
      [
        'spec.groupPriorityMinimum: Invalid value: 20001: must be positive and less than 20000',
        'spec.versionPriority: Invalid value: 0: must be positive and less than 1000',
      ],
    ],
    [
      'a local one with trust',
      anApiService({ caBundle: 'eHh4', insecureSkipTLSVerify: true }),
      [
        'spec.caBundle: Invalid value: "3 bytes": local APIServices may not have a caBundle',
        'spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify',
      ],
    ],
    [
      'a service without a name, trusted twice',
      anApiService({ service: {}, caBundle: 'eA==', insecureSkipTLSVerify: true }),
      [
        'spec.service.namespace: Required value',
        'spec.service.name: Required value',
        'spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present',
      ],
    ],
  ])('%s', (_what, apiService, expected) => {
    expect(validateApiService(apiService).map(({ field, detail }) => `${field}: ${detail}`)).toEqual(expected);
  });

  it('has conditions that are true, false or unknown', () => {
    const status = { conditions: [{ type: 'Available', status: 'Maybe' }] };
    expect(validateApiServiceStatus({ ...anApiService({}), status }).map(({ detail }) => detail)).toEqual([
      'Unsupported value: "Maybe": supported values: "False", "True", "Unknown"',
    ]);
  });
});

describe('APIServices that the server registers', () => {
  const all = builtInApiServices(builtInKinds);

  it('are all right', () => {
    expect([...all, definitionApiService('example.com', 'v1')].flatMap(validateApiService)).toEqual([]);
  });

  it('are one for each version served, but for the aggregator of its own', () => {
    const served = builtInKinds.groups.flatMap(({ name, versions }) => versions.map((version) => `${version}.${name}`));
    const expected = served.filter((name) => name !== 'v1.apiregistration.k8s.io');
    expect(all.map(({ metadata }) => metadata.name)).toEqual(expected);
  });

  it('stand in the order of discovery', () => {
    const priorities = all.map(({ spec }) => spec.groupPriorityMinimum);
    expect(priorities).toEqual(priorities.toSorted((a, b) => b - a));
  });

  it('are told from those of definitions', () => {
    expect(isBuiltInApiService('v1.apps')).toBe(true);
    expect(isBuiltInApiService('v1.example.com')).toBe(false);
  });
});
