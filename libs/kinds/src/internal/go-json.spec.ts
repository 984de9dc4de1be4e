import { describe, expect, it } from '@jest/globals';
import { definitionOf } from '../definitions.js';
import { BATCH_SHAPES } from './batch-shapes.js';
import { CORE_SHAPES } from './core-shapes.js';
import { fieldsOf, goJson, goJsonLines } from './go-json.js';
import { VOLUME_SHAPES } from './volume-shapes.js';

/** The names of the API that a shape covers, with those of what it embeds. */
function namesOf(shape: string): string[] {
  return fieldsOf(shape).flatMap(({ embedded, name, type }) => (embedded && !name ? namesOf(type) : [name]));
}

const HOST = ['hostIPC', 'hostNetwork', 'hostPID', 'hostUsers', 'shareProcessNamespace'];

/** Where the internal API keeps fields elsewhere than the API does. */
const MOVED: Readonly<Record<string, { gone?: string[]; extra?: string[] }>> = {
  PodSpec: { gone: [...HOST, 'serviceAccount'] },
  PodSecurityContext: { extra: HOST },
};

describe('shapes', () => {
  it.each(Object.keys({ ...CORE_SHAPES, ...VOLUME_SHAPES, ...BATCH_SHAPES }))(
    '%s has the fields of the API',
    (shape) => {
      const homes = ['io.k8s.api.core.v1', 'io.k8s.api.batch.v1', 'io.k8s.apimachinery.pkg.apis.meta.v1'];
      const definition = homes.map((home) => definitionOf(`${home}.${shape}`)).find((one) => one !== undefined);
      // Embedded in others only, so the API has no definition of its own.
      if (!definition) expect(['ProbeHandler', 'VolumeSource', 'PersistentVolumeSource']).toContain(shape);
      else if (shape !== 'ObjectMeta') {
        const { gone = [], extra = [] } = MOVED[shape] ?? {};
        const names = Object.keys(definition.properties ?? {});
        expect(namesOf(shape).toSorted()).toEqual(
          [...names.filter((name) => !gone.includes(name)), ...extra].toSorted(),
        );
      }
    },
  );
});

describe('goJson', () => {
  it.each([
    ['Toleration', { key: 'a' }, '{"Key":"a","Operator":"","Value":"","Effect":"","TolerationSeconds":null}'],
    ['HTTPHeader', { name: '<&>', value: '\u2028"' }, '{"Name":"\\u003c\\u0026\\u003e","Value":"\\u2028\\""}'],
    ['Volume', { name: 'v', emptyDir: {} }, '{"Name":"v","HostPath":null,"EmptyDir":{"Medium":"","SizeLimit":null}'],
    ['ResourceRequirements', { limits: { memory: '1024Mi', cpu: '1000m' } }, '{"Limits":{"cpu":"1","memory":"1Gi"}'],
    ['ResourceFieldSelector', { resource: 'limits.cpu' }, '{"ContainerName":"","Resource":"limits.cpu","Divisor":"0"}'],
    ['TCPSocketAction', { port: 'http' }, '{"Port":"http","Host":""}'],
    ['LabelSelector', { matchLabels: { 10: 'a', 2: 'b', __proto__x: 'c' } }, '{"matchLabels":{"10":"a","2":"b","__pr'],
    [
      'PersistentVolumeClaimTemplate',
      { metadata: { labels: { a: 'b' } }, spec: {} },
      '{"labels":{"a":"b"},"Spec":{"AccessModes":null,',
    ],
  ])('prints %s with its zeros', (shape, value, text) => {
    expect(goJson(shape, value)).toContain(text);
  });

  it('indents by one space, and keeps what is empty on its line', () => {
    expect(goJsonLines('Capabilities', { add: ['NET_ADMIN'], drop: [] })).toEqual([
      '{',
      ' "Add": [',
      '  "NET_ADMIN"',
      ' ],',
      ' "Drop": []',
      '}',
    ]);
  });
});
