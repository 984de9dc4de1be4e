import { controllerIdentity, defineController } from '#controller-runtime';
import { type ConfigMap, configMapKind, type Secret, secretKind } from '#kinds';
import { unlessGone } from '../failures.js';
import { type SigningToken, signingTokenOf, TOKEN_TYPE, tokenIdOf, TOKENS_NAMESPACE } from './bootstrap-tokens.js';
import { detachedSignature } from './detached-signature.js';

const KEY = { namespace: 'kube-public', name: 'cluster-info' };
const PREFIX = 'jws-kubeconfig-';
/** More signatures than these would not fit into a ConfigMap much longer, and each costs at every change. */
const TOKENS_MAX = 1000;

export interface SignerDeps {
  nowMs(): number;
  /** Live: the caches keep no data. */
  info(): Promise<ConfigMap | undefined>;
  tokens(): Promise<readonly Secret[]>;
  update(info: ConfigMap): Promise<unknown>;
}

/**
 * ConfigMap kube-public/cluster-info bears a signature by every token that may sign, so that who holds one can trust it.
 * Models kube-controller-manager bootstrap-signer (1.36), which kubeadm turns on. Differs: at most 1000 tokens sign.
 */
export const bootstrapSignerController = defineController<SignerDeps>({
  name: 'bootstrap-signer',
  identity: controllerIdentity('bootstrap-signer'),
  workers: 1,
  watches: [
    {
      resource: configMapKind,
      metadataOnly: true,
      keysOf: ({ metadata: { namespace, name } }, _context, _old, change) =>
        change !== 'deleted' && namespace === KEY.namespace && name === KEY.name ? [KEY] : [],
    },
    {
      resource: secretKind,
      metadataOnly: true,
      keysOf: ({ metadata: { namespace, name = '' } }) =>
        namespace === TOKENS_NAMESPACE && tokenIdOf(name) !== undefined ? [KEY] : [],
    },
  ],
  deps: ({ env, api }) => ({
    nowMs: () => env.clock.nowMs(),
    info: () => unlessGone(api.get<ConfigMap>(configMapKind, KEY.namespace, KEY.name)),
    tokens: async () =>
      (await api.list<Secret>(secretKind, TOKENS_NAMESPACE, { fieldSelector: `type=${TOKEN_TYPE}` })).items,
    update: (info) => unlessGone(api.update(configMapKind, info)),
  }),
  reconcile,
});

export async function reconcile(deps: SignerDeps): Promise<void> {
  const info = await deps.info();
  const kubeconfig = info?.data?.['kubeconfig'];
  if (!info || kubeconfig === undefined) return;
  const nowMs = deps.nowMs();
  const tokens = (await deps.tokens())
    .map((secret) => signingTokenOf(secret, nowMs))
    .filter((token): token is SigningToken => token !== undefined)
    .slice(0, TOKENS_MAX);
  const data = Object.fromEntries(Object.entries(info.data ?? {}).filter(([key]) => !key.startsWith(PREFIX)));
  for (const token of tokens) data[PREFIX + token.id] = await detachedSignature(kubeconfig, token);
  const keys = new Set([...Object.keys(data), ...Object.keys(info.data ?? {})]);
  if ([...keys].some((key) => data[key] !== info.data?.[key])) await deps.update({ ...info, data });
}
