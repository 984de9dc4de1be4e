import type { Pod } from '#kinds';

const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';

interface Named {
  readonly name: string;
  readonly image?: string;
}

/** Whether an update changes what a policy looks at: images, and containers that come. Models isSignificantPodUpdate (1.36). */
export function isSignificant(pod: Pod, old: Pod): boolean {
  if (annotation(pod, SECCOMP_POD) !== annotation(old, SECCOMP_POD)) return true;
  const lists = ['containers', 'initContainers'] as const;
  for (const list of lists) {
    const now: readonly Named[] = pod.spec[list] ?? [];
    const before: readonly Named[] = old.spec[list] ?? [];
    if (now.length !== before.length) return true;
    if (now.some((container, index) => isChanged(container, before[index]!, pod, old))) return true;
  }
  const before = new Map((old.spec.ephemeralContainers ?? []).map((container) => [container.name, container]));
  return (pod.spec.ephemeralContainers ?? []).some((container) => {
    const known = before.get(container.name);
    return !known || isChanged(container, known, pod, old);
  });
}

function isChanged(container: Named, before: Named, pod: Pod, old: Pod): boolean {
  const key = SECCOMP_CONTAINER + container.name;
  return container.image !== before.image || annotation(pod, key) !== annotation(old, key);
}

const annotation = ({ metadata }: Pod, key: string) => metadata.annotations?.[key];
