import { deepEqual, setOrDrop } from '#apimachinery';
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionCondition,
  CustomResourceDefinitionNames,
} from '#kinds';

type Verdict = Omit<CustomResourceDefinitionCondition, 'lastTransitionTime'>;

const NO_NAMES: CustomResourceDefinitionNames = { plural: '', kind: '' };

/** Names that the group's other definitions hold. */
interface Taken {
  readonly resources: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
}

function takenIn(others: readonly CustomResourceDefinition[]): Taken {
  const names = others.map(({ status }) => status?.acceptedNames ?? NO_NAMES);
  return {
    resources: new Set(
      names.flatMap(({ plural, singular = '', shortNames = [] }) => [plural, singular, ...shortNames]),
    ),
    kinds: new Set(names.flatMap(({ kind, listKind = '' }) => [kind, listKind])),
  };
}

/**
 * Which of the wanted names a definition gets, the others of its group being what they are. Names once accepted stay
 * until the new ones are free. Models apiextensions-apiserver's NamingConditionController (1.36).
 */
export function acceptNames(
  { spec, status }: CustomResourceDefinition,
  others: readonly CustomResourceDefinition[],
): { names: CustomResourceDefinitionNames; condition: Verdict } {
  const wanted = spec.names;
  const before = status?.acceptedNames ?? NO_NAMES;
  const names: CustomResourceDefinitionNames = { ...before };
  const taken = takenIn(others);
  let condition: Verdict = {
    type: 'NamesAccepted',
    status: 'True',
    reason: 'NoConflicts',
    message: 'no conflicts found',
  };
  const judge = (reason: string, conflicts: readonly string[], accept: () => void) => {
    if (conflicts.length === 0) return accept();
    const texts = conflicts.map((name) => `${JSON.stringify(name)} is already in use`);
    const message = texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`;
    condition = { type: 'NamesAccepted', status: 'False', reason, message };
  };
  const isTaken = (name: string | undefined, own: string | undefined, among: ReadonlySet<string>): string[] =>
    name !== undefined && name !== own && among.has(name) ? [name] : [];
  judge('PluralConflict', isTaken(wanted.plural, before.plural, taken.resources), () => (names.plural = wanted.plural));
  judge('SingularConflict', isTaken(wanted.singular, before.singular, taken.resources), () =>
    setOrDrop(names, 'singular', wanted.singular),
  );
  if (!deepEqual(wanted.shortNames, before.shortNames)) {
    const own = new Set([...(before.shortNames ?? []), before.plural, before.singular]);
    const conflicts = (wanted.shortNames ?? []).filter((name) => !own.has(name) && taken.resources.has(name));
    judge('ShortNamesConflict', conflicts, () => setOrDrop(names, 'shortNames', wanted.shortNames));
  }
  judge('KindConflict', isTaken(wanted.kind, before.kind, taken.kinds), () => (names.kind = wanted.kind));
  judge('ListKindConflict', isTaken(wanted.listKind, before.listKind, taken.kinds), () =>
    setOrDrop(names, 'listKind', wanted.listKind),
  );
  setOrDrop(names, 'categories', wanted.categories);
  return { names, condition };
}
