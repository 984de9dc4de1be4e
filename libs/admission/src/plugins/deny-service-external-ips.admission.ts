import type { Service } from '#kinds';
import type { AdmissionPlugin } from '../plugin.js';
import { isCore, refusal } from '../refusal.js';

/** No new external addresses; those that are there may stay or go. Models plugin network/denyserviceexternalips (1.36). */
export const denyServiceExternalIps: AdmissionPlugin = {
  name: 'DenyServiceExternalIPs',
  defaultOff: true,
  handles: (request) =>
    isCore(request, 'services') && (request.operation === 'CREATE' || request.operation === 'UPDATE'),
  validate(request) {
    const before = (request.old as Service | undefined)?.spec?.externalIPs ?? [];
    const added = ((request.object as Service).spec?.externalIPs ?? []).some((ip) => !before.includes(ip));
    if (added) throw refusal(request, 'Use of external IPs is denied by admission control.');
  },
};
