import { beforeAll, describe, expect, it } from '@jest/globals';
import { type GraphQLObjectType, type GraphQLSchema, GraphQLSchema as Schema, validateSchema } from 'graphql';
import { builtInKinds, describedDefinitions, hostKinds, type Kind } from '#kinds';
import { schemaOf } from './schema.js';

/** Without `assumeValid`, so that it is looked at. */
const checked = (schema: GraphQLSchema) => validateSchema(new Schema({ ...schema.toConfig(), assumeValid: false }));

describe('schemaOf', () => {
  let sandbox: GraphQLSchema;
  let host: GraphQLSchema;
  beforeAll(async () => {
    const described = await describedDefinitions();
    const sandboxes = { clusters: async () => undefined, idOf: () => undefined, kinds: builtInKinds };
    sandbox = schemaOf(builtInKinds, { described });
    host = schemaOf(hostKinds, { described, sandboxes });
  });
  const fieldsOf = (schema: GraphQLSchema, type: string) =>
    Object.keys((schema.getType(type) as GraphQLObjectType).getFields());

  it('is a valid schema for a sandbox and for the host', () => {
    expect(checked(sandbox)).toEqual([]);
    expect(checked(host)).toEqual([]);
  });

  it('has a query, or a mutation, for every kind that is served', () => {
    const named = new Set(
      Object.keys(sandbox.getTypeMap()).flatMap((type) =>
        /(Queries|Mutations)$/.test(type) ? fieldsOf(sandbox, type).map((field) => field.toLowerCase()) : [],
      ),
    );
    const missing = builtInKinds.all.filter((kind: Kind) => {
      const verb = kind.verbs.includes('list') ? '' : 'create';
      return !named.has(`${verb}${verb ? kind.kind : kind.resource}`.toLowerCase());
    });
    expect(missing.map((kind) => kind.resource)).toEqual([]);
  });

  it('names groups, kinds and subscriptions as client-go does', () => {
    expect(fieldsOf(sandbox, 'Query')).toEqual(expect.arrayContaining(['coreV1', 'appsV1', 'rbacV1', 'networkingV1']));
    expect(fieldsOf(sandbox, 'CoreV1Queries')).toEqual(
      expect.arrayContaining(['pods', 'pod', 'configMaps', 'configMap']),
    );
    expect(fieldsOf(sandbox, 'AppsV1Mutations')).toEqual(
      expect.arrayContaining([
        'createDeployment',
        'replaceDeployment',
        'patchDeployment',
        'deleteDeployment',
        'scaleDeployment',
      ]),
    );
    expect(fieldsOf(sandbox, 'Subscription')).toEqual(expect.arrayContaining(['coreV1Pods', 'appsV1ReplicaSets']));
    expect(fieldsOf(host, 'SandkubeV1alpha1Queries')).toEqual(expect.arrayContaining(['sandboxes', 'sandbox']));
    expect(fieldsOf(host, 'SandboxCluster')).toEqual(expect.arrayContaining(['coreV1', 'appsV1']));
  });

  it.each([
    ['CoreV1Pod', 'node', 'CoreV1Node'],
    ['CoreV1Pod', 'owner', 'KubernetesObject'],
    ['CoreV1Node', 'pods', '[CoreV1Pod!]'],
    ['CoreV1Service', 'pods', '[CoreV1Pod!]'],
    ['AppsV1Deployment', 'replicaSets', '[AppsV1ReplicaSet!]'],
    ['AppsV1ReplicaSet', 'pods', '[CoreV1Pod!]'],
    ['CoreV1Pod', 'events', '[CoreV1Event!]'],
    ['CoreV1PodSpec', 'containers', '[CoreV1Container]'],
    ['CoreV1PodSpec', 'terminationGracePeriodSeconds', 'Int64'],
    ['CoreV1ContainerPort', 'containerPort', 'Int'],
    ['CoreV1ServicePort', 'targetPort', 'IntOrString'],
    ['CoreV1ResourceRequirements', 'limits', 'JSON'],
    ['CoreV1EmptyDirVolumeSource', 'sizeLimit', 'Quantity'],
    ['ObjectMeta', 'labels', 'JSON'],
    ['ObjectMeta', 'creationTimestamp', 'Time'],
    ['ApiextensionsV1JSONSchemaProps', '_ref', 'String'],
  ])('%s.%s is %s', (type, field, expected) => {
    expect(String((sandbox.getType(type) as GraphQLObjectType).getFields()[field]?.type)).toBe(expected);
  });

  it('describes types and fields in the words of the published document', () => {
    const pod = sandbox.getType('CoreV1PodSpec') as GraphQLObjectType;
    expect(pod.getFields()['nodeName']!.description).toContain('node');
    expect(pod.description).toContain('pod');
  });
});
