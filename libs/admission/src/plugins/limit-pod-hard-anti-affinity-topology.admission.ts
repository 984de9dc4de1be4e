import type { Pod } from '#kinds';
import type { AdmissionPlugin } from '../plugin.js';
import { isCore, refusal } from '../refusal.js';

const HOSTNAME = 'kubernetes.io/hostname';

/** Pods keep others off a node, not off a zone. Models plugin antiaffinity (1.36). */
export const limitPodHardAntiAffinityTopology: AdmissionPlugin = {
  name: 'LimitPodHardAntiAffinityTopology',
  defaultOff: true,
  handles: (request) => isCore(request, 'pods') && (request.operation === 'CREATE' || request.operation === 'UPDATE'),
  validate(request) {
    const terms = (request.object as Pod).spec.affinity?.podAntiAffinity
      ?.requiredDuringSchedulingIgnoredDuringExecution;
    const wide = terms?.find(({ topologyKey }) => topologyKey !== HOSTNAME);
    if (!wide) return;
    throw refusal(
      request,
      `affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey ${wide.topologyKey} but only key ${HOSTNAME} is allowed`,
    );
  },
};
