import { describe, expect, it } from '@jest/globals';
import type { MergeSchema } from '#apimachinery';
import { deploymentKind } from './apps/deployment.kind.js';
import { podKind } from './core/pod/pod.kind.js';
import { serviceKind } from './core/service/service.kind.js';
import { definitionNameOf, definitionOf } from './definitions.js';
import { describedDefinitions } from './described-definitions.js';
import { applySchemaDefaults } from './schema-defaults.js';
import { mergeSchemaOf } from './merge-schema.js';
import type { Kind } from './kind.js';
import { shapeOf } from './shape.js';

function at(kind: Kind, path: string): MergeSchema | undefined {
  return path
    .split('.')
    .reduce<MergeSchema | undefined>(
      (schema, part) => (part === '*' ? schema?.item() : schema?.field(part)),
      mergeSchemaOf(kind),
    );
}

describe('mergeSchemaOf', () => {
  it.each([
    [podKind, 'spec.containers', { listType: 'map', mergeKey: 'name', patchStrategy: 'merge' }],
    [podKind, 'spec.containers.*.ports', { mergeKey: 'containerPort', patchStrategy: 'merge' }],
    [podKind, 'spec.volumes', { mergeKey: 'name', patchStrategy: 'merge,retainKeys' }],
    [podKind, 'spec.tolerations', { listType: 'atomic' }],
    [podKind, 'metadata.finalizers', { listType: 'set', patchStrategy: 'merge' }],
    [podKind, 'metadata.ownerReferences', { mergeKey: 'uid', patchStrategy: 'merge' }],
    [podKind, 'status.conditions', { mergeKey: 'type', patchStrategy: 'merge' }],
    [deploymentKind, 'spec.strategy', { patchStrategy: 'retainKeys' }],
    [deploymentKind, 'spec.selector', { mapType: 'atomic' }],
    [serviceKind, 'spec.ports', { listType: 'map', mergeKey: 'port' }],
  ] as [Kind, string, object][])('%# %s', (kind, path, expected) => {
    expect(at(kind, path)).toMatchObject(expected);
  });

  it('knows nothing of what is not there', () => {
    expect(at(podKind, 'spec.nothing')).toBeUndefined();
    expect(at(podKind, 'metadata.labels.anything')).toBeDefined();
    expect(mergeSchemaOf(podKind).field('constructor')).toBeUndefined();
  });
});

describe('definitions', () => {
  it('carry types, formats and what is required', () => {
    const container = definitionOf('io.k8s.api.core.v1.Container')!;
    expect(container.required).toEqual(['name']);
    expect(definitionOf('io.k8s.api.core.v1.PodSpec')!.properties!['terminationGracePeriodSeconds']).toEqual({
      type: 'integer',
      format: 'int64',
    });
    expect(definitionOf('io.k8s.api.core.v1.Pod')!['x-kubernetes-group-version-kind']).toEqual([
      { group: '', version: 'v1', kind: 'Pod' },
    ]);
    expect(definitionNameOf('autoscaling', 'v1', 'Scale')).toBe('io.k8s.api.autoscaling.v1.Scale');
    // client-node still ships models of versions that are gone.
    expect(definitionOf('io.k8s.api.resource.v1alpha2.ResourceClaim')).toBeUndefined();
  });

  it('name the scalars that strings stand for', () => {
    const shape = shapeOf(podKind);
    const container = shape.field('spec')!.field('containers')!.item()!;
    expect(container.field('resources')!.field('limits')!.element.type).toBe('quantity');
    expect(container.field('livenessProbe')!.field('httpGet')!.field('port')!.type).toBe('intOrString');
    expect(shape.field('metadata')!.field('creationTimestamp')!.type).toBe('time');
  });

  it('can be had with their docs, references wrapped so that the docs stay', async () => {
    const pod = (await describedDefinitions()).get('io.k8s.api.core.v1.Pod')!;
    expect(pod.description).toContain('Pod is a collection of containers');
    const container = (await describedDefinitions()).get('io.k8s.api.core.v1.Container')!;
    expect(container.properties!['name']!.description).toContain('DNS_LABEL');
    expect(container.properties!['env']!['x-kubernetes-list-map-keys']).toEqual(['name']);
  });
});

describe('applySchemaDefaults', () => {
  it('fills in what the schema says, and the empty halves of an object', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {},
      spec: { containers: [{ name: 'a', ports: [{ containerPort: 1 }] }] },
    };
    applySchemaDefaults(podKind, pod);
    expect(pod).toMatchObject({ spec: { containers: [{ ports: [{ protocol: 'TCP' }] }] }, status: {} });
    const bare = { apiVersion: 'v1', kind: 'Pod', metadata: {} };
    applySchemaDefaults(podKind, bare);
    expect(bare).toMatchObject({ spec: {}, status: {} });
  });

  it('keeps what is given', () => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {},
      spec: { ports: [{ port: 1, protocol: 'UDP' }, { port: 2 }] },
    };
    applySchemaDefaults(serviceKind, service);
    expect(service.spec.ports).toEqual([
      { port: 1, protocol: 'UDP' },
      { port: 2, protocol: 'TCP' },
    ]);
  });
});
