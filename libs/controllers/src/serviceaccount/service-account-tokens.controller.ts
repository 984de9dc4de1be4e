import { isReason, type KubeObject } from '#apimachinery';
import { defineController, type ObjectKey, type SecretTokens } from '#controller-runtime';
import { type Secret, secretKind, type ServiceAccount, serviceAccountKind } from '#kinds';
import { unlessGone } from '../failures.js';

const TYPE = 'kubernetes.io/service-account-token';
const NAME = 'kubernetes.io/service-account.name';
const UID = 'kubernetes.io/service-account.uid';

export interface TokensDeps {
  /** PEM. */
  readonly rootCa: string;
  /** undefined: nobody here issues tokens. */
  readonly issue: SecretTokens | undefined;
  /** Live: caches keep no data. */
  secret(key: ObjectKey): Promise<Secret | undefined>;
  account(namespace: string, name: string): Promise<ServiceAccount | undefined>;
  update(secret: Secret): Promise<unknown>;
  updateAccount(account: ServiceAccount): Promise<unknown>;
  delete(secret: Secret): Promise<unknown>;
}

/**
 * Tokens in the Secrets that ask for one by type and annotation; a Secret goes with its account, and from the account's list
 * when it goes itself. Models kube-controller-manager serviceaccount-token (1.36), which acts as the manager itself.
 */
export const serviceAccountTokensController = defineController<TokensDeps>({
  name: 'serviceaccount-token',
  eventSource: 'serviceaccount-token-controller',
  identity: { username: 'system:kube-controller-manager', groups: ['system:authenticated'] },
  watches: [
    {
      resource: secretKind,
      metadataOnly: true,
      keysOf(secret, _context, _old, change) {
        const account = accountOf(secret);
        if (!account) return [];
        if (change !== 'deleted') return [keyOf(secret)];
        // Metadata does not tell the type; but the uid stands only where a token was filled in.
        return secret.metadata.annotations?.[UID] ? [goneKeyOf(secret, account)] : [];
      },
    },
    {
      resource: serviceAccountKind,
      metadataOnly: true,
      keysOf: ({ metadata: { namespace = '', name } }, { informers }, _old, change) =>
        change === 'updated'
          ? []
          : informers
              .metadataOf(secretKind)
              .list(namespace)
              .filter((secret) => accountOf(secret) === name)
              .map(keyOf),
    },
  ],
  deps: ({ api, observer, rootCa, secretTokens }) => ({
    rootCa,
    issue: secretTokens,
    secret: ({ namespace, name }) => unlessGone(api.get<Secret>(secretKind, namespace, name)),
    account: (namespace, name) => unlessGone(observer.get<ServiceAccount>(serviceAccountKind, namespace, name)),
    update: (secret) => api.update(secretKind, secret),
    updateAccount: (account) => api.update(serviceAccountKind, account),
    delete: ({ metadata: { namespace, name, uid } }) =>
      unlessGone(api.delete(secretKind, namespace!, name!, { preconditions: { uid: uid! } })),
  }),
  reconcile,
});

const accountOf = ({ metadata }: KubeObject): string | undefined => metadata.annotations?.[NAME];
const keyOf = ({ metadata }: KubeObject): ObjectKey => ({ namespace: metadata.namespace!, name: metadata.name! });
/** Of a Secret that is gone: 'gone:{account}/{secret}', which no Secret can be called. */
const GONE = 'gone:';
const goneKeyOf = ({ metadata }: KubeObject, account: string): ObjectKey => ({
  namespace: metadata.namespace!,
  name: `${GONE}${account}/${metadata.name}`,
});
const encoded = (text: string): string => Buffer.from(text).toString('base64');

export async function reconcile(deps: TokensDeps, key: ObjectKey): Promise<void> {
  if (key.name.startsWith(GONE)) return forget(deps, key);
  const secret = await deps.secret(key);
  if (!deps.issue || secret?.type !== TYPE || secret.metadata.deletionTimestamp !== undefined) return;
  const { annotations = {} } = secret.metadata;
  const account = await deps.account(key.namespace, annotations[NAME] ?? '');
  const { name = '', uid = '' } = account?.metadata ?? {};
  if (!account || (annotations[UID] && annotations[UID] !== uid)) return void (await deps.delete(secret));
  const data = { ...secret.data };
  if (!data['token']) {
    data['token'] = encoded(deps.issue({ namespace: key.namespace, account: { name, uid }, secret: key.name }));
  }
  data['ca.crt'] = encoded(deps.rootCa);
  data['namespace'] = encoded(key.namespace);
  const same = ['token', 'ca.crt', 'namespace'].every((one) => data[one] === secret.data?.[one]);
  if (same && annotations[UID] === uid) return;
  const metadata = { ...secret.metadata, annotations: { ...annotations, [UID]: uid } };
  try {
    await unlessGone(deps.update({ ...secret, metadata, data }));
  } catch (error) {
    // Somebody changed it meanwhile; that change is a key of its own.
    if (!isReason(error, 'Conflict')) throw error;
  }
}

/** An account lists no Secret that is gone. */
async function forget(deps: TokensDeps, { namespace, name }: ObjectKey): Promise<void> {
  const [accountName = '', secretName = ''] = name.slice(GONE.length).split('/');
  const account = await deps.account(namespace, accountName);
  const secrets = account?.secrets?.filter((one) => one.name !== secretName);
  if (!account || !secrets || secrets.length === account.secrets?.length) return;
  // Another of that name may have come meanwhile.
  if (await deps.secret({ namespace, name: secretName })) return;
  const { secrets: _all, ...rest } = account;
  await unlessGone(deps.updateAccount(secrets.length > 0 ? { ...rest, secrets } : rest));
}
