import type { Check } from './check.js';
import {
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbesAndHostLifecycle,
  windowsHostProcess,
} from './host-checks.js';
import {
  allowPrivilegeEscalation,
  capabilitiesBaseline,
  capabilitiesRestricted,
  privileged,
  procMountBaseline,
  procMountRestricted,
  runAsNonRoot,
  runAsUser,
} from './privilege-checks.js';
import { appArmorProfile, seccompBaseline, seccompRestricted, seLinuxOptions, sysctls } from './profile-checks.js';
import { restrictedVolumes } from './volume-checks.js';

/** The Pod Security Standards (1.36); those of a level run in the order of their ids. */
export const checks: readonly Check[] = [
  appArmorProfile,
  capabilitiesBaseline,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbesAndHostLifecycle,
  privileged,
  procMountBaseline,
  seLinuxOptions,
  seccompBaseline,
  sysctls,
  windowsHostProcess,
  allowPrivilegeEscalation,
  capabilitiesRestricted,
  procMountRestricted,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  seccompRestricted,
];
