import type { Node, NodeSelectorRequirement, NodeSelectorTerm } from '#kinds';

type Labels = Readonly<Record<string, string>>;

const INTEGER = /^[+-]?\d+$/;

function meets(labels: Labels, { key, operator, values = [] }: NodeSelectorRequirement): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt': {
      const bound = values[0];
      if (value === undefined || bound === undefined || !INTEGER.test(value) || !INTEGER.test(bound)) return false;
      return operator === 'Gt' ? BigInt(value) > BigInt(bound) : BigInt(value) < BigInt(bound);
    }
    default:
      return false;
  }
}

/** An empty term matches nothing. Models component-helpers nodeaffinity (1.36). */
export function termMatches(term: NodeSelectorTerm, node: Node): boolean {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length === 0 && fields.length === 0) return false;
  const labels = node.metadata.labels ?? {};
  const names = { 'metadata.name': node.metadata.name ?? '' };
  return (
    expressions.every((requirement) => meets(labels, requirement)) &&
    fields.every((requirement) => meets(names, requirement))
  );
}

/** Terms are alternatives. */
export function anyTermMatches(terms: readonly NodeSelectorTerm[], node: Node): boolean {
  return terms.some((term) => termMatches(term, node));
}

export function labelsInclude(node: Node, wanted: Labels): boolean {
  const labels = node.metadata.labels ?? {};
  return Object.keys(wanted).every((key) => Object.hasOwn(labels, key) && labels[key] === wanted[key]);
}

/** The names that terms pin a pod to through `metadata.name In […]`; undefined when some term leaves it open. */
export function pinnedNames(terms: readonly NodeSelectorTerm[]): ReadonlySet<string> | undefined {
  const pinned = new Set<string>();
  for (const term of terms) {
    const pins = (term.matchFields ?? []).filter(({ key, operator }) => key === 'metadata.name' && operator === 'In');
    if (pins.length === 0) return undefined;
    const [first, ...rest] = pins.map((pin) => pin.values ?? []);
    for (const name of first!) if (rest.every((names) => names.includes(name))) pinned.add(name);
  }
  return pinned;
}
