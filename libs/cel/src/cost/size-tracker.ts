import type { CostRange, SizeOf } from '../program.js';
import type { Expression } from '../syntax/expression.js';
import type { CelType } from '../typing/cel-type.js';
import { codePointCount } from '../value/kind.js';
import { fixed, union } from './range.js';

/** How large the keys or indexes and the values of a list or a map are. */
export interface EntrySizes {
  readonly container: 'list' | 'map';
  readonly key: CostRange;
  readonly value: CostRange;
}

interface LocalVariable {
  readonly path: readonly string[];
  readonly size: CostRange | undefined;
  readonly entries: EntrySizes | undefined;
}

const SCALARS = new Set(['bool', 'double', 'duration', 'int', 'timestamp', 'uint']);

/** What is known of the sizes of an expression's parts, and from which path of which variable they come. Models cel-go checker/cost.go. */
export class SizeTracker {
  private readonly sizes = new Map<Expression, CostRange>();
  private readonly entries = new Map<Expression, EntrySizes>();
  private readonly paths = new Map<Expression, readonly string[]>();
  private readonly locals = new Map<string, LocalVariable[]>();

  constructor(
    private readonly variables: Readonly<Record<string, CelType>>,
    private readonly sizeOf: SizeOf | undefined,
  ) {}

  setPath(part: Expression, path: readonly string[]): void {
    this.paths.set(part, path);
  }

  pathOf(part: Expression): readonly string[] {
    const local = part.kind === 'ident' ? this.local(part.name) : undefined;
    return local?.path ?? this.paths.get(part) ?? [];
  }

  setSize(part: Expression, size: CostRange | undefined): void {
    if (size) this.sizes.set(part, size);
  }

  setEntries(part: Expression, entries: EntrySizes | undefined): void {
    if (entries) this.entries.set(part, entries);
  }

  entriesOf(part: Expression): EntrySizes | undefined {
    return this.entries.get(part) ?? (part.kind === 'ident' ? this.local(part.name)?.entries : undefined);
  }

  sizeOfPart(part: Expression): CostRange | undefined {
    const known = this.sizes.get(part) ?? writtenSize(part) ?? this.sizeAt(this.pathOf(part));
    if (known) return known;
    if (isScalar(part.type)) return fixed(1);
    return part.kind === 'ident' ? this.local(part.name)?.size : undefined;
  }

  /** What the variable's type, or whoever asks, says of the place. */
  sizeAt(path: readonly string[]): CostRange | undefined {
    if (path.length === 0) return undefined;
    const told = this.sizeOf?.(path);
    if (told) return told;
    const [name, ...steps] = path;
    let type: CelType | undefined = Object.hasOwn(this.variables, name!) ? this.variables[name!] : undefined;
    for (const step of steps) {
      if (step === '@items') type = type?.kind === 'list' ? type.params[0] : undefined;
      else if (step === '@values') type = type?.kind === 'map' ? type.params[1] : undefined;
      else if (step === '@keys') type = type?.kind === 'map' ? type.params[0] : undefined;
      else type = type?.kind === 'object' ? type.field(step) : undefined;
    }
    if (!type) return undefined;
    // Upstream's declared scalars and objects have no elements to speak of.
    const isSizeless = SCALARS.has(type.kind) || type.kind === 'object';
    const sizeMax = type.details.sizeMax ?? (isSizeless ? 0 : undefined);
    return sizeMax === undefined ? undefined : { min: 0, max: sizeMax };
  }

  local(name: string): LocalVariable | undefined {
    return this.locals.get(name)?.at(-1);
  }

  bind(name: string, value: Expression): void {
    this.push(name, { path: this.pathOf(value), size: this.sizeOfPart(value), entries: this.entriesOf(value) });
  }

  bindIterated(name: string, range: Expression, part: 'key' | 'value' | 'single'): void {
    const entries = this.entriesOf(range);
    const isList = (entries?.container ?? range.type?.kind) === 'list';
    const takesValue = part === 'value' || (part === 'single' && isList);
    const step = takesValue ? (isList ? '@items' : '@values') : isList ? '@indices' : '@keys';
    this.push(name, {
      path: [...this.pathOf(range), step],
      size: takesValue ? entries?.value : entries?.key,
      entries: undefined,
    });
  }

  unbind(name: string): void {
    this.locals.get(name)?.pop();
  }

  private push(name: string, variable: LocalVariable): void {
    const stack = this.locals.get(name);
    if (stack) stack.push(variable);
    else this.locals.set(name, [variable]);
  }
}

export function joinedEntries(first: EntrySizes | undefined, second: EntrySizes | undefined): EntrySizes | undefined {
  if (!first || !second) return undefined;
  return {
    container: first.container,
    key: union(first.key, second.key),
    value: union(first.value, second.value),
  };
}

function writtenSize(part: Expression): CostRange | undefined {
  if (part.kind === 'list') return fixed(part.items.length);
  if (part.kind === 'map') return fixed(part.entries.length);
  if (part.kind !== 'literal') return undefined;
  const { value } = part;
  if (typeof value === 'string') return fixed(codePointCount(value));
  return fixed(value instanceof Uint8Array ? value.length : 1);
}

function isScalar(type: CelType | undefined): boolean {
  if (type?.isOptional) return isScalar(type.params[0]);
  return type !== undefined && SCALARS.has(type.kind);
}
