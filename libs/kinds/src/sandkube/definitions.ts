import type { ResourceFacts } from '../resource-facts.js';
import type { OpenApiSchema } from '../schema.js';

/** Where clients find definitions of sandkube.dev in OpenAPI. */
const PREFIX = 'dev.sandkube.v1alpha1';
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';

const ref = (name: string): OpenApiSchema => ({ $ref: `#/components/schemas/${name}` });
const text = (description: string): OpenApiSchema => ({ type: 'string', description });

const names = (description: string): OpenApiSchema => ({
  type: 'array',
  description,
  items: { type: 'string' },
  'x-kubernetes-list-type': 'set',
});

const conditions: OpenApiSchema = {
  type: 'array',
  description: 'What is true of it at the moment.',
  items: ref(`${META}.Condition`),
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['type'],
  'x-kubernetes-patch-strategy': 'merge',
  'x-kubernetes-patch-merge-key': 'type',
};

const observedGeneration: OpenApiSchema = {
  type: 'integer',
  format: 'int64',
  description: 'The metadata.generation that this status speaks of.',
};

/** Envelope of a kind and of its list. */
function kindOf(kind: string, description: string): Record<string, OpenApiSchema> {
  return {
    [`${PREFIX}.${kind}`]: {
      type: 'object',
      description,
      properties: {
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        metadata: ref(`${META}.ObjectMeta`),
        spec: ref(`${PREFIX}.${kind}Spec`),
        status: ref(`${PREFIX}.${kind}Status`),
      },
      'x-kubernetes-group-version-kind': [{ group: 'sandkube.dev', version: 'v1alpha1', kind }],
    },
    [`${PREFIX}.${kind}List`]: {
      type: 'object',
      properties: {
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        metadata: ref(`${META}.ListMeta`),
        items: { type: 'array', items: ref(`${PREFIX}.${kind}`) },
      },
      required: ['items'],
      'x-kubernetes-group-version-kind': [{ group: 'sandkube.dev', version: 'v1alpha1', kind: `${kind}List` }],
    },
  };
}

/** Hand-written: the host's own kinds have no other source. */
export const sandkubeDefinitions: Readonly<Record<string, OpenApiSchema>> = {
  ...kindOf('Sandbox', 'A simulated cluster with an address, a clock and credentials of its own.'),
  [`${PREFIX}.SandboxSpec`]: {
    type: 'object',
    description: 'What the sandbox is to be.',
    properties: {
      template: text('Name of the SandboxTemplate to start from. Default: starter.'),
      seed: text('The same seed gives the same names, addresses, delays and placements. Default: random.'),
      clock: ref(`${PREFIX}.SandboxClock`),
      admission: ref(`${PREFIX}.SandboxAdmission`),
    },
  },
  [`${PREFIX}.SandboxAdmission`]: {
    type: 'object',
    description: 'Which admission plugins of the API server are on, beside the default set.',
    properties: {
      enable: names('Plugins to turn on, as kube-apiserver names them: AlwaysPullImages.'),
      disable: names('Plugins to turn off. Stronger than enable.'),
    },
  },
  [`${PREFIX}.SandboxClock`]: {
    type: 'object',
    description: 'How the time of the sandbox passes.',
    properties: {
      rate: text('Simulated seconds per real second, as a decimal number. Default: 1.'),
      paused: { type: 'boolean', description: 'Time stands still.' },
    },
  },
  [`${PREFIX}.SandboxStatus`]: {
    type: 'object',
    description: 'What the sandbox is at the moment.',
    properties: {
      phase: text('Pending, Ready or Terminating.'),
      url: text('Where the API of the cluster answers.'),
      id: text('Names the cluster in addresses.'),
      observedGeneration,
      conditions,
    },
  },
  ...kindOf(
    'SandboxTemplate',
    'What a new sandbox starts from. The contents come with the server: this says which there are.',
  ),
  [`${PREFIX}.SandboxTemplateSpec`]: {
    type: 'object',
    description: 'What the template is for.',
    properties: {
      description: text('For people who choose a template.'),
    },
  },
  [`${PREFIX}.SandboxTemplateStatus`]: { type: 'object', properties: { observedGeneration, conditions } },
};

const EVERY_VERB = ['delete', 'deletecollection', 'get', 'list', 'patch', 'post', 'put'];
const STATUS_VERBS = ['get', 'patch', 'put'];

export const sandkubeResources: ResourceFacts = {
  'sandkube.dev/v1alpha1': {
    sandboxes: { kind: 'Sandbox', namespaced: true, verbs: EVERY_VERB },
    'sandboxes/kubeconfig': { kind: 'Sandbox', namespaced: true, verbs: ['get'] },
    'sandboxes/status': { kind: 'Sandbox', namespaced: true, verbs: STATUS_VERBS },
    sandboxtemplates: { kind: 'SandboxTemplate', namespaced: false, verbs: EVERY_VERB },
    'sandboxtemplates/status': { kind: 'SandboxTemplate', namespaced: false, verbs: STATUS_VERBS },
  },
};
