import { dns1123Label } from '#apimachinery';

/**
 * A name that pods or their hosts are called by is better a DNS label, which names need not be. Said of new objects alone.
 * Models WarningsOnCreate of the strategies of pods and of what makes pods (1.36).
 */
export function nameWarnings(
  use: 'Pod names and hostnames' | "the Pod's hostname",
  name: string | undefined,
): string[] {
  const wrong = dns1123Label(name ?? '');
  if (wrong.length === 0) return [];
  return [
    `metadata.name: this is used in ${use}, which can result in surprising behavior; a DNS label is recommended: ` +
      `[${wrong.join(' ')}]`,
  ];
}

/** Of what makes pods that are named after it. */
export function makerNameWarnings({ metadata }: { metadata: { name?: string } }, old: object | undefined): string[] {
  return old ? [] : nameWarnings('Pod names and hostnames', metadata.name);
}
