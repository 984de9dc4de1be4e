import { isReason } from '#apimachinery';
import { controllerIdentity, defineController, type ObjectKey, type Outcome } from '#controller-runtime';
import { type Secret, secretKind } from '#kinds';
import { unlessGone } from '../failures.js';
import { expiryMsOf, TOKEN_TYPE, TOKENS_NAMESPACE } from './bootstrap-tokens.js';

export interface TokenCleanerDeps {
  nowMs(): number;
  /** Live: the cache does not know of types. */
  secret(key: ObjectKey): Promise<Secret | undefined>;
  delete(secret: Secret): Promise<unknown>;
}

/** Bootstrap tokens go when they end. Models kube-controller-manager token-cleaner (1.36), which kubeadm turns on. */
export const tokenCleanerController = defineController<TokenCleanerDeps>({
  name: 'token-cleaner',
  identity: controllerIdentity('token-cleaner'),
  watches: [
    {
      resource: secretKind,
      metadataOnly: true,
      keysOf: ({ metadata: { namespace = '', name = '' } }, _context, _old, change) =>
        change !== 'deleted' && namespace === TOKENS_NAMESPACE ? [{ namespace, name }] : [],
    },
  ],
  deps: ({ env, api }) => ({
    nowMs: () => env.clock.nowMs(),
    secret: ({ namespace, name }) => unlessGone(api.get<Secret>(secretKind, namespace, name)),
    delete: ({ metadata: { namespace, name, uid } }) =>
      unlessGone(api.delete(secretKind, namespace!, name!, { preconditions: { uid: uid! } })),
  }),
  reconcile,
});

export async function reconcile(deps: TokenCleanerDeps, key: ObjectKey): Promise<Outcome> {
  const secret = await deps.secret(key);
  if (secret?.type !== TOKEN_TYPE) return;
  const expiryMs = expiryMsOf(secret);
  if (expiryMs === undefined) return;
  const leftMs = expiryMs - deps.nowMs();
  if (leftMs > 0) return { requeueAfterMs: leftMs };
  try {
    await deps.delete(secret);
  } catch (error) {
    // Another of that name took its place.
    if (!isReason(error, 'Conflict')) throw error;
  }
}
