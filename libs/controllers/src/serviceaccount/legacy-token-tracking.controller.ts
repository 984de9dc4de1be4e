import { rfc3339 } from '#apimachinery';
import { apiServerConfigMap } from '../api-server-config-map.js';

const SINCE = 'since';

/**
 * Since which day the uses of Secrets' tokens are written down. Models kube-apiserver's legacytokentracking (1.36), which acts
 * as the API server itself.
 */
export const legacyTokenTrackingController = apiServerConfigMap({
  name: 'legacy-token-tracking',
  key: { namespace: 'kube-system', name: 'kube-apiserver-legacy-service-account-token-tracking' },
  missing: (data, { env }) =>
    /^\d{4}-\d{2}-\d{2}$/.test(data[SINCE] ?? '')
      ? undefined
      : { [SINCE]: rfc3339(env.clock.nowMs()).slice(0, 'yyyy-mm-dd'.length) },
});
