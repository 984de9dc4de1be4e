import { beforeEach, describe, expect, it } from '@jest/globals';
import { type KubeObject, type ManagedFieldsEntry, StatusError } from '#apimachinery';
import type { PatchType, Target, WriteOptions } from '../request.js';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';

let cluster: SpecCluster;

beforeEach(async () => {
  cluster = await aSpecCluster();
});

const APPS = { group: 'apps' };

interface Deployment extends KubeObject {
  spec: { replicas?: number; paused?: boolean; template: { spec: { containers: { name: string; image?: string }[] } } };
  status: { replicas?: number };
}

function deployment(spec: object = {}, metadata: object = {}): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default', ...metadata },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
      ...spec,
    },
  };
}

function configMap(data: Record<string, unknown>, metadata: object = {}): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'default', ...metadata }, data };
}

async function patch<T extends KubeObject = KubeObject>(
  target: Target,
  type: PatchType,
  object: unknown,
  options: WriteOptions & { force?: boolean } = {},
): Promise<T> {
  const bytes = new TextEncoder().encode(typeof object === 'string' ? object : JSON.stringify(object));
  const body = { bytes, format: type === 'apply' ? 'yaml' : 'json' } as const;
  return (await cluster.verbs.patch(cluster.ctx(), target, type, body, options)).object() as T;
}

const apply = <T extends KubeObject = KubeObject>(
  object: unknown,
  manager: string,
  more: WriteOptions & { force?: boolean; subresource?: string } = {},
): Promise<T> => {
  const { kind } = object as KubeObject;
  const { subresource, ...options } = more;
  const on = subresource === undefined ? {} : { subresource };
  const isMap = kind === 'ConfigMap';
  const target = isMap
    ? cluster.target('configmaps', 'web', on)
    : cluster.target('deployments', 'web', { ...APPS, ...on });
  return patch<T>(target, 'apply', object, { fieldManager: manager, ...options });
};

async function failure(work: Promise<unknown>): Promise<StatusError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof StatusError)) throw new Error(`no StatusError: ${String(error)}`);
  return error;
}

/** 'manager Operation subresource': its fields as text. */
function owners({ metadata }: KubeObject): Record<string, string> {
  const named = (entry: ManagedFieldsEntry) =>
    [entry.manager, entry.operation, entry.subresource].filter((one) => one !== undefined).join(' ');
  return Object.fromEntries(
    (metadata.managedFields ?? []).map((entry) => [named(entry), JSON.stringify(entry.fieldsV1)]),
  );
}

describe('apply', () => {
  it('creates what is not there', async () => {
    const made = await apply(configMap({ a: '1' }), 'bob');
    expect(made.metadata.managedFields).toEqual([
      {
        manager: 'bob',
        operation: 'Apply',
        apiVersion: 'v1',
        time: '2026-01-01T00:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { 'f:a': {} } },
      },
    ]);
  });

  it('takes away what its manager applies no more', async () => {
    await apply(configMap({ a: '1', b: '2' }), 'bob');
    const after = await apply(configMap({ b: '2' }), 'bob');
    expect(after).toMatchObject({ data: { b: '2' } });
    expect((after as unknown as { data: object }).data).not.toHaveProperty('a');
    expect(owners(after)).toEqual({ 'bob Apply': '{"f:data":{"f:b":{}}}' });
  });

  it('takes nothing away that others own, too', async () => {
    await apply(configMap({ a: '1' }), 'bob');
    await apply(configMap({ a: '1', c: '3' }), 'eve');
    const after = await apply(configMap({}), 'bob');
    expect(after).toMatchObject({ data: { a: '1', c: '3' } });
    expect(owners(after)).toEqual({ 'bob Apply': '{"f:data":{}}', 'eve Apply': '{"f:data":{"f:a":{},"f:c":{}}}' });
  });

  it('lets a manager go that owns nothing', async () => {
    await apply(configMap({ a: '1' }), 'bob');
    await apply(configMap({ a: '1' }), 'eve');
    const bare = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' } };
    expect(Object.keys(owners(await apply(bare, 'bob')))).toEqual(['eve Apply']);
  });

  it('leaves containers of others, and removes its own', async () => {
    await apply(deployment(), 'bob');
    const two = [
      { name: 'side', image: 'envoy' },
      { name: 'web', image: 'nginx' },
    ];
    const both = await apply<Deployment>(deployment({ template: { spec: { containers: two } } }), 'eve');
    expect(both.spec.template.spec.containers.map(({ name }) => name)).toEqual(['side', 'web']);
    const after = await apply<Deployment>(deployment({ template: { spec: { containers: [two[1]] } } }), 'eve');
    expect(after.spec.template.spec.containers.map(({ name }) => name)).toEqual(['web']);
  });

  it('writes nothing when nothing changes', async () => {
    const first = await apply(deployment(), 'bob');
    await cluster.clock.advance(60_000);
    const second = await apply(deployment(), 'bob');
    expect(second.metadata).toEqual(first.metadata);
  });

  it('writes nothing for a quantity in other words', async () => {
    const limits = (cpu: string) =>
      deployment({
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'web', image: 'nginx', resources: { limits: { cpu } } }] },
        },
      });
    const first = await apply(limits('1000m'), 'bob');
    await cluster.clock.advance(60_000);
    expect((await apply(limits('1000m'), 'bob')).metadata).toEqual(first.metadata);
  });

  it('is a dry run when asked', async () => {
    await apply(configMap({ a: '1' }), 'bob');
    expect(await apply(configMap({ a: '2' }), 'bob', { dryRun: true })).toMatchObject({ data: { a: '2' } });
    const kept = await cluster.verbs.get(cluster.ctx(), cluster.target('configmaps', 'web'));
    expect(kept.object()).toMatchObject({ data: { a: '1' } });
  });

  it('shares what several apply alike', async () => {
    await apply(deployment({ replicas: 3 }), 'bob');
    const after = await apply(deployment({ replicas: 3 }), 'eve');
    // What changed nothing has no time, as upstream, and so comes first.
    expect(Object.keys(owners(after))).toEqual(['eve Apply', 'bob Apply']);
  });
});

describe('conflicts', () => {
  it('one', async () => {
    await cluster.create('deployments', deployment({ replicas: 1 }), 'apps');
    const error = await failure(apply(deployment({ replicas: 2 }), 'bob'));
    expect(error.toStatus()).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "unknown" using apps/v1: .spec.replicas',
      details: {
        causes: [
          {
            reason: 'FieldManagerConflict',
            message: 'conflict with "unknown" using apps/v1',
            field: '.spec.replicas',
          },
        ],
      },
    });
  });

  it('several, of several', async () => {
    await apply(configMap({ a: '1' }), 'bob');
    await apply(configMap({ b: '1', c: '1' }), 'eve');
    const error = await failure(apply(configMap({ a: '2', b: '2', c: '2' }), 'joe'));
    expect(error.message).toBe(
      'Apply failed with 3 conflicts: conflicts with "bob":\n- .data.a\nconflicts with "eve":\n- .data.b\n- .data.c',
    );
  });

  it('end by force, and the field changes hands', async () => {
    await apply(configMap({ a: '1', b: '1' }), 'bob');
    const after = await apply(configMap({ a: '2' }), 'eve', { force: true });
    expect(after).toMatchObject({ data: { a: '2', b: '1' } });
    expect(owners(after)).toEqual({ 'bob Apply': '{"f:data":{"f:b":{}}}', 'eve Apply': '{"f:data":{"f:a":{}}}' });
  });

  it('are none with an update, which takes what it changes', async () => {
    await apply(configMap({ a: '1', b: '1' }), 'bob');
    const after = await patch(
      cluster.target('configmaps', 'web'),
      'merge',
      { data: { a: '2' } },
      { fieldManager: 'eve' },
    );
    expect(owners(after)).toEqual({ 'bob Apply': '{"f:data":{"f:b":{}}}', 'eve Update': '{"f:data":{"f:a":{}}}' });
  });
});

describe('refusals', () => {
  it.each<[string, object, number, string]>([
    ['another kind', { ...configMap({}), kind: 'Secret' }, 400, 'invalid object type: /v1, Kind=Secret'],
    ['another version', { ...configMap({}), apiVersion: 'v2' }, 400, 'invalid object type: /v2, Kind=ConfigMap'],
    ['managed fields', configMap({}, { managedFields: [{ manager: 'a' }] }), 400, 'metadata.managedFields must be nil'],
    [
      'another name',
      configMap({}, { name: 'other' }),
      400,
      'the name of the object (other) does not match the name on the URL (web)',
    ],
    [
      'a uid of nothing',
      configMap({}, { uid: 'u' }),
      409,
      'Operation cannot be fulfilled on configmaps "web": uid mismatch: the provided object specified uid u, and no existing object was found',
    ],
    [
      'an unknown field',
      { ...configMap({}), dada: 1 },
      500,
      'failed to create typed patch object (default/web; /v1, Kind=ConfigMap): .dada: field not declared in schema',
    ],
  ])('%s', async (_name, object, code, message) => {
    const target = cluster.target('configmaps', 'web');
    expect(await failure(patch(target, 'apply', object, { fieldManager: 'bob' }))).toMatchObject({ code, message });
  });

  it.each(['[]', '"a"', 'a: [', '- a'])('%j is no configuration', async (text) => {
    const error = await failure(patch(cluster.target('configmaps', 'web'), 'apply', text, { fieldManager: 'bob' }));
    expect([error.code, error.message.startsWith('error decoding YAML: ')]).toEqual([400, true]);
  });

  it('a revision that is not the live one', async () => {
    await apply(configMap({ a: '1' }), 'bob');
    const error = await failure(apply(configMap({ a: '2' }, { resourceVersion: '1000' }), 'bob'));
    expect(error).toMatchObject({ code: 409, reason: 'Conflict' });
  });

  it('a key twice, told or refused as asked', async () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: "1", a: "2"}\n';
    const target = cluster.target('configmaps', 'web');
    const strict = { fieldManager: 'bob', fieldValidation: 'Strict' } as const;
    expect(await failure(patch(target, 'apply', text, strict))).toMatchObject({ code: 400 });
    await patch(target, 'apply', text, { fieldManager: 'bob' });
    expect(cluster.warnings).toEqual(['duplicate field "data.a"']);
  });
});

describe('parts of an object', () => {
  it('status belongs to who applies it there, and spec does not', async () => {
    await apply(deployment({ replicas: 1 }), 'bob');
    const config = { ...deployment({ replicas: 5 }), status: { replicas: 4 } };
    const after = await apply<Deployment>(config, 'ctl', { subresource: 'status', force: true });
    expect([after.spec.replicas, after.status.replicas]).toEqual([1, 4]);
    expect(owners(after)['ctl Apply status']).toBe('{"f:status":{"f:replicas":{}}}');
    expect(owners(after)['bob Apply']).toContain('f:replicas');
  });

  it('a status on the main path is nobody`s', async () => {
    const after = await apply({ ...deployment(), status: { replicas: 4 } }, 'bob');
    expect(owners(after)['bob Apply']).not.toContain('f:status');
  });

  it('is not there to be created through one', async () => {
    const error = await failure(apply(deployment(), 'bob', { subresource: 'status' }));
    expect(error.code).toBe(404);
  });

  const scale = (replicas: number) => ({
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name: 'web', namespace: 'default' },
    spec: { replicas },
  });

  it('scale takes the replicas from who applied them', async () => {
    await apply(deployment({ replicas: 1 }), 'bob');
    const target = cluster.target('deployments', 'web', { ...APPS, subresource: 'scale' });
    await patch(target, 'merge', { spec: { replicas: 3 } }, { fieldManager: 'kubectl' });
    const after = (await cluster.verbs.get(cluster.ctx(), cluster.target('deployments', 'web', APPS))).object();
    expect(owners(after)['bob Apply']).not.toContain('f:replicas');
    expect(after.metadata.managedFields?.find(({ subresource }) => subresource === 'scale')).toEqual({
      manager: 'kubectl',
      operation: 'Update',
      apiVersion: 'apps/v1',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:spec': { 'f:replicas': {} } },
      subresource: 'scale',
    });
    const error = await failure(apply(deployment({ replicas: 1 }), 'bob'));
    expect(error.message).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
    );
  });

  it('a scale that changes nothing changes no owner', async () => {
    const first = await apply(deployment({ replicas: 3 }), 'bob');
    const target = cluster.target('deployments', 'web', { ...APPS, subresource: 'scale' });
    await patch(target, 'merge', { spec: { replicas: 3 } }, { fieldManager: 'kubectl' });
    const after = (await cluster.verbs.get(cluster.ctx(), cluster.target('deployments', 'web', APPS))).object();
    expect(after.metadata).toEqual(first.metadata);
  });

  it('a Scale can be applied', async () => {
    await apply(deployment(), 'bob');
    const target = cluster.target('deployments', 'web', { ...APPS, subresource: 'scale' });
    const options = { fieldManager: 'hpa', force: true };
    expect(await patch(target, 'apply', scale(4), options)).toMatchObject({ kind: 'Scale', spec: { replicas: 4 } });
    const after = (await cluster.verbs.get(cluster.ctx(), cluster.target('deployments', 'web', APPS))).object();
    expect(owners(after)['hpa Apply scale']).toBe('{"f:spec":{"f:replicas":{}}}');
  });
});

describe('versions', () => {
  it('removes in one version what was applied in another', async () => {
    const v1 = (cpu?: number) => ({
      apiVersion: 'autoscaling/v1',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        maxReplicas: 3,
        ...(cpu === undefined ? {} : { minReplicas: cpu }),
      },
    });
    const v1Kind = cluster.ctx().kinds.byResource('autoscaling', 'v1', 'horizontalpodautoscalers')!;
    const v2Kind = cluster.ctx().kinds.byResource('autoscaling', 'v2', 'horizontalpodautoscalers')!;
    const on = (kind: Target['kind']): Target => ({ kind, namespace: 'default', name: 'web' });
    await patch(on(v1Kind), 'apply', v1(2), { fieldManager: 'bob' });
    const after = await patch(on(v2Kind), 'apply', { ...v1(), apiVersion: 'autoscaling/v2' }, { fieldManager: 'bob' });
    expect(after.metadata.managedFields).toMatchObject([{ manager: 'bob', apiVersion: 'autoscaling/v2' }]);
    expect(after).toMatchObject({ spec: { minReplicas: 1, maxReplicas: 3 } });
  });
});

describe('from client-side apply', () => {
  const LAST = 'kubectl.kubernetes.io/last-applied-configuration';

  it('kubectl takes over what it applied by itself', async () => {
    const first = deployment({ replicas: 1 });
    const annotations = { [LAST]: JSON.stringify(first) };
    await cluster.verbs.create(
      cluster.ctx(),
      cluster.target('deployments', undefined, APPS),
      { object: deployment({ replicas: 1 }, { annotations }) },
      { fieldManager: 'kubectl-client-side-apply' },
    );
    const wanted = deployment({ replicas: 2 });
    expect((await failure(apply(wanted, 'other'))).message).toContain('.spec.replicas');
    const after = await apply<Deployment>(wanted, 'kubectl');
    expect(after.spec.replicas).toBe(2);
    expect(JSON.parse(after.metadata.annotations![LAST]!)).toEqual(wanted);
  });

  it('not what somebody has changed since', async () => {
    const annotations = { [LAST]: JSON.stringify(deployment({ replicas: 1 })) };
    await cluster.create('deployments', deployment({ replicas: 1 }, { annotations }), 'apps');
    await patch(
      cluster.target('deployments', 'web', APPS),
      'merge',
      { spec: { replicas: 7 } },
      { fieldManager: 'eve' },
    );
    const error = await failure(apply(deployment({ replicas: 2 }), 'kubectl'));
    expect(error.message).toBe('Apply failed with 1 conflict: conflict with "eve" using apps/v1: .spec.replicas');
  });
});
