import type { KubeObject } from '#apimachinery';

/** Of the classes marked as default the newest; of several of that age the first by name. Models GetDefaultClass (1.36). */
export function defaultOf<T extends KubeObject>(classes: readonly T[], annotations: readonly string[]): T | undefined {
  const marked = classes.filter(({ metadata }) => annotations.some((key) => metadata.annotations?.[key] === 'true'));
  return marked.toSorted((a, b) => ageOrder(a, b) || (a.metadata.name! < b.metadata.name! ? -1 : 1))[0];
}

/** RFC 3339 in UTC sorts as text. */
function ageOrder({ metadata: a }: KubeObject, { metadata: b }: KubeObject): number {
  const [first = '', second = ''] = [a.creationTimestamp, b.creationTimestamp];
  return first === second ? 0 : first > second ? -1 : 1;
}
