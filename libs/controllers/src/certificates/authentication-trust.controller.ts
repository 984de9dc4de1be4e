import { apiServerConfigMap } from '../api-server-config-map.js';

const FILE = 'client-ca-file';

/**
 * By what servers beside the API server know its users: PEM of the authority that certifies them, if the cluster has one.
 * Models kube-apiserver's clusterauthenticationtrust (1.36), which acts as the API server itself. Differs: nothing is said of
 * request headers, because there is no proxy that sets them.
 */
export const authenticationTrustController = apiServerConfigMap({
  name: 'clusterauthenticationtrust',
  key: { namespace: 'kube-system', name: 'extension-apiserver-authentication' },
  missing: (data, { signer }) =>
    signer === undefined || data[FILE] === signer.authority ? undefined : { [FILE]: signer.authority },
});
