import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, Kubectl } from './support/kubectl.js';
import { ServerProcess } from './support/server-process.js';
import { type Verdict, WebhookServer } from './support/webhook-server.js';

const json64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');

/** What each webhook of the test says. */
const VERDICTS: Readonly<Record<string, Verdict>> = {
  '/deny': () => ({ allowed: false, status: { code: 403, message: 'not on my watch' } }),
  '/mutate': () => ({
    allowed: true,
    patchType: 'JSONPatch',
    patch: json64([{ op: 'add', path: '/data/added', value: 'by the webhook' }]),
    warnings: ['it was changed'],
  }),
  '/slow': () => undefined,
  '/broken': () => ({ allowed: true, patchType: 'JSONPatch', patch: json64([{ op: 'remove', path: '/nowhere' }]) }),
};

interface Hook {
  path: string;
  kind?: 'MutatingWebhookConfiguration' | 'ValidatingWebhookConfiguration';
  url?: string;
  more?: object;
}

describe('admission that users bring', () => {
  let server: ServerProcess;
  let kubectl: Kubectl;
  let hooks: WebhookServer;
  beforeAll(async () => {
    hooks = await WebhookServer.start(VERDICTS);
    server = await ServerProcess.start({ SANDKUBE_WEBHOOK_ALLOW: '127.0.0.0/8' });
    kubectl = new Kubectl(server.kubeconfig);
  });
  afterAll(async () => {
    await hooks.stop();
    await server.dispose();
  });

  /** One webhook on ConfigMaps called `name` by label, so that the webhooks of other tests do not meet. */
  const install = async (name: string, { path, kind = 'ValidatingWebhookConfiguration', url, more = {} }: Hook) => {
    const webhook = {
      name: `${name}.example.com`,
      clientConfig: { url: url ?? hooks.url(path), caBundle: hooks.caBundle },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] }],
      objectSelector: { matchLabels: { hook: name } },
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
      timeoutSeconds: 1,
      ...more,
    };
    const configuration = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind,
      metadata: { name },
      webhooks: [webhook],
    };
    await kubectl.ok('apply -f -', JSON.stringify(configuration));
  };
  const configMap = (name: string) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, labels: { hook: name } },
      data: { a: '1' },
    });

  it('denies by webhook, with its own words', async () => {
    await install('deny', { path: '/deny' });
    expect(await kubectl.refused('create -f -', configMap('deny'))).toBe(
      'Error from server: error when creating "STDIN": admission webhook "deny.example.com" denied the request: not on my watch\n',
    );
    expect(hooks.seen.at(-1)).toEqual({ path: '/deny', operation: 'CREATE', name: 'deny', dryRun: false });
    await kubectl.refused('create --dry-run=server -f -', configMap('deny'));
    expect(hooks.seen.at(-1)).toMatchObject({ dryRun: true });
  });

  it('mutates by webhook, and passes its warnings on', async () => {
    await install('mutate', { path: '/mutate', kind: 'MutatingWebhookConfiguration' });
    const created = await kubectl.run(['create', '-f', '-'], configMap('mutate'));
    expect([created.stdout, created.stderr]).toEqual(['configmap/mutate created\n', 'Warning: it was changed\n']);
    expect(await kubectl.ok('get configmap mutate -o jsonpath={.data}')).toBe('{"a":"1","added":"by the webhook"}');
  });

  it('fails closed or open when a webhook is slow, broken, absent or of an unknown authority', async () => {
    const failures: readonly [string, Hook, RegExp][] = [
      [
        'slow',
        { path: '/slow' },
        /failed calling webhook "slow\.example\.com": failed to call webhook: Post "https:\/\/127\.0\.0\.1:\d+\/slow\?timeout=1s": context deadline exceeded/,
      ],
      [
        'absent',
        { path: '/', url: 'https://127.0.0.1:1/' },
        /failed to call webhook: Post "https:\/\/127\.0\.0\.1:1\/\?timeout=1s": dial tcp 127\.0\.0\.1:1: connect: connection refused/,
      ],
      [
        'stranger',
        { path: '/deny', more: { clientConfig: { url: hooks.url('/deny') } } },
        /failed to call webhook: .*x509: certificate signed by unknown authority/,
      ],
      ['broken', { path: '/broken', kind: 'MutatingWebhookConfiguration' }, /Internal error occurred/],
    ];
    for (const [name, hook, message] of failures) {
      await install(name, hook);
      expect(await kubectl.refused('create -f -', configMap(name))).toMatch(message);
      await install(name, { ...hook, more: { ...hook.more, failurePolicy: 'Ignore' } });
      // A patch that does not apply is no failure of the call: no policy forgives it.
      if (name === 'broken') expect(await kubectl.refused('create -f -', configMap(name))).toMatch(message);
      else expect(await kubectl.ok('create -f -', configMap(name))).toBe(`configmap/${name} created\n`);
    }
  });

  it('sees who connects to a pod, and asks for a token', async () => {
    const rule = (resource: string, operation: string) => ({
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: [operation], resources: [resource] }],
      objectSelector: {},
    });
    await kubectl.ok('run shell --image=nginx');
    await kubectl.ok('wait --for=condition=Ready pod/shell');
    // Nothing of a simulated pod listens: the answer is that of a kubelet that is away.
    expect(await kubectl.refused('exec shell -- date')).toMatch(
      /^Error from server: error dialing backend: dial tcp [\d.]+:10250: connect: connection refused\n$/,
    );
    await install('exec', { path: '/deny', more: rule('pods/exec', 'CONNECT') });
    expect(await kubectl.refused('exec shell -- date')).toContain(
      'admission webhook "exec.example.com" denied the request: not on my watch',
    );
    expect(hooks.seen.at(-1)).toMatchObject({ path: '/deny', operation: 'CONNECT' });
    await install('token', { path: '/deny', more: rule('serviceaccounts/token', 'CREATE') });
    expect(await kubectl.refused('create token default')).toContain('denied the request: not on my watch');
    await kubectl.ok('delete validatingwebhookconfigurations exec token');
    expect(await kubectl.ok('create token default')).toMatch(/^ey/);
    expect(
      await kubectl.refused('get --raw /sandboxes/default/api/v1/namespaces/default/pods/shell:80/proxy/x'),
    ).toMatch(/error trying to reach service: dial tcp [\d.]+:80: connect: connection refused/);
  });

  it('calls no address that the host has not allowed', async () => {
    await install('private', { path: '/', url: 'https://10.0.0.1/' });
    expect(await kubectl.refused('create -f -', configMap('private'))).toMatch(/10\.0\.0\.1/);
    await install('metadata', { path: '/', url: 'https://169.254.169.254/latest' });
    expect(await kubectl.refused('create -f -', configMap('metadata'))).toMatch(/169\.254\.169\.254/);
  });

  it('lets a policy deny by a parameter, and by its absence', async () => {
    await kubectl.ok('create configmap limits --from-literal=replicas=3');
    const policy = (actions: string) => `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: replicas }
spec:
  paramKind: { apiVersion: v1, kind: ConfigMap }
  matchConstraints: { resourceRules: [{ apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments] }] }
  variables: [{ name: limit, expression: int(params.data.replicas) }]
  validations:
  - expression: object.spec.replicas <= variables.limit
    messageExpression: "'at most ' + string(variables.limit)"
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: replicas }
spec: { policyName: replicas, paramRef: { name: limits, namespace: default, parameterNotFoundAction: Deny }, validationActions: [${actions}] }
`;
    await kubectl.ok('apply -f -', policy('Deny'));
    expect(await kubectl.refused('create deployment many --image=nginx --replicas=4')).toContain(
      `ValidatingAdmissionPolicy 'replicas' with binding 'replicas' denied request: at most 3`,
    );
    await kubectl.ok('create deployment few --image=nginx --replicas=3');
    await kubectl.ok('patch configmap limits -p {"data":{"replicas":"9"}}');
    await kubectl.ok('create deployment many --image=nginx --replicas=4');
    await kubectl.ok('delete configmap limits');
    expect(await kubectl.refused('set image deployment/many nginx=nginx:2')).toMatch(/denied request/);
    await kubectl.ok('delete validatingadmissionpolicybinding replicas');
  });

  it('mutates by policy', async () => {
    await kubectl.ok(
      'apply -f -',
      `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: { name: team }
spec:
  matchConstraints: { resourceRules: [{ apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps] }] }
  matchConditions: [{ name: asks, expression: "object.metadata.name == 'teamed'" }]
  failurePolicy: Fail
  reinvocationPolicy: Never
  mutations:
  - patchType: ApplyConfiguration
    applyConfiguration: { expression: 'Object{metadata: Object.metadata{labels: {"team": "a"}}}' }
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: { name: team }
spec: { policyName: team }
`,
    );
    await kubectl.ok('create configmap teamed');
    expect(await kubectl.ok('get configmap teamed -o jsonpath={.metadata.labels}')).toBe('{"team":"a"}');
  });

  it('does not let a dead webhook of one sandbox hold up another', async () => {
    await kubectl.ok(
      '--context host apply -f -',
      JSON.stringify({
        apiVersion: 'sandkube.dev/v1alpha1',
        kind: 'Sandbox',
        metadata: { name: 'calm', namespace: 'default' },
        spec: {},
      }),
    );
    await kubectl.ok('--context host wait --for=condition=Ready sandbox/calm');
    await install('wait', { path: '/slow', more: { timeoutSeconds: 10 } });
    const waiting = kubectl.run(['create', '-f', '-'], configMap('wait'));
    await eventually(
      () => hooks.seen.length,
      () => hooks.seen.at(-1)?.name === 'wait',
    );
    const path = '/apis/sandkube.dev/v1alpha1/namespaces/default/sandboxes/calm/kubeconfig';
    const file = join(server.dataDir, 'calm.kubeconfig');
    writeFileSync(file, await kubectl.ok(`--context host get --raw ${path}`));
    const startedMs = performance.now();
    await kubectl.ok(`--kubeconfig ${file} create configmap quick`);
    expect(performance.now() - startedMs).toBeLessThan(9_000);
    expect((await waiting).stderr).toContain('context deadline exceeded');
  });
});
