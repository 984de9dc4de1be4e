import { describe, expect, it } from '@jest/globals';
import type { KindCatalog } from '#kinds';
import { fieldName, groupNames, kindNames, lowerFirst, typeName } from './names.js';

describe('names', () => {
  it.each([
    ['Pod', 'pods', 'pod', 'pods'],
    ['ReplicaSet', 'replicasets', 'replicaSet', 'replicaSets'],
    ['NetworkPolicy', 'networkpolicies', 'networkPolicy', 'networkPolicies'],
    ['Endpoints', 'endpoints', 'endpoint', 'endpoints'],
    ['CSIDriver', 'csidrivers', 'csiDriver', 'csiDrivers'],
    ['IPAddress', 'ipaddresses', 'ipAddress', 'ipAddresses'],
    ['IngressClass', 'ingressclasses', 'ingressClass', 'ingressClasses'],
    ['APIService', 'apiservices', 'apiService', 'apiServices'],
    ['Mouse', 'mice', 'mouse', 'mice'],
  ])('calls one %s of %s %s and many %s', (kind, resource, one, many) => {
    expect(kindNames({ kind, resource })).toMatchObject({ one, many });
  });

  it.each([
    ['$ref', '_ref'],
    ['x-kubernetes-list-type', 'x_kubernetes_list_type'],
    ['__proto__', '_proto__'],
    ['9lives', '_9lives'],
    ['', '_'],
    ['clusterIP', 'clusterIP'],
  ])('turns property %p into field %s', (property, field) => expect(fieldName(property)).toBe(field));

  it.each([
    ['io.k8s.api.core.v1.PodSpec', 'CoreV1PodSpec'],
    ['io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta', 'ObjectMeta'],
    ['io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService', 'ApiregistrationV1APIService'],
  ])('gives %s the type %s', (definition, name) => expect(typeName(definition)).toBe(name));

  it('leaves a short group name to the group that comes first', () => {
    const groups = [
      { name: '', versions: ['v1'] },
      { name: 'apps', versions: ['v1'] },
      { name: 'rbac.authorization.k8s.io', versions: ['v1'] },
      { name: 'apps.example.org', versions: ['v1', 'v1beta1'] },
    ];
    expect([...groupNames({ groups } as unknown as KindCatalog)]).toEqual([
      ['/v1', 'coreV1'],
      ['apps/v1', 'appsV1'],
      ['rbac.authorization.k8s.io/v1', 'rbacV1'],
      ['apps.example.org/v1', 'appsExampleOrgV1'],
      ['apps.example.org/v1beta1', 'appsExampleOrgV1beta1'],
    ]);
  });

  it('lowers a leading abbreviation as one', () => {
    expect(['PodTemplate', 'CSINode', 'TLS'].map(lowerFirst)).toEqual(['podTemplate', 'csiNode', 'tls']);
  });
});
