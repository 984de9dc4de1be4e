import { type CelType, DYN } from './cel-type.js';

/**
 * What stands for the type parameters so far, and whether types fit each other under it. Models cel-go checker/types.go.
 * A failed attempt leaves no trace.
 */
export class Substitutions {
  private readonly bound = new Map<string, CelType>();
  private log: { name: string; before: CelType | undefined }[] = [];
  private free = 0;

  newVariable(make: (name: string) => CelType): CelType {
    return make(`_var${this.free++}`);
  }

  isAssignable(to: CelType, from: CelType): boolean {
    return this.isAssignableAll([to], [from]);
  }

  isAssignableAll(first: readonly CelType[], second: readonly CelType[]): boolean {
    const mark = this.log.length;
    if (this.areAssignable(first, second)) {
      if (mark === 0) this.log = [];
      return true;
    }
    while (this.log.length > mark) {
      const { name, before } = this.log.pop()!;
      if (before) this.bound.set(name, before);
      else this.bound.delete(name);
    }
    return false;
  }

  /** With bound parameters replaced, and unbound ones by dyn where asked. */
  substitute(type: CelType, unboundToDyn: boolean): CelType {
    if (type.kind === 'param') {
      const bound = this.bound.get(type.name);
      if (bound) return this.substitute(bound, unboundToDyn);
      return unboundToDyn ? DYN : type;
    }
    if (type.params.length === 0) return type;
    const params = type.params.map((param) => this.substitute(param, unboundToDyn));
    return params.every((param, index) => param === type.params[index]) ? type : type.withParams(params);
  }

  private bind(name: string, type: CelType): void {
    this.log.push({ name, before: this.bound.get(name) });
    this.bound.set(name, type);
  }

  private areAssignable(first: readonly CelType[], second: readonly CelType[]): boolean {
    return first.length === second.length && first.every((type, index) => this.fits(type, second[index]!));
  }

  private fits(first: CelType, second: CelType): boolean {
    if (second.kind === 'param') {
      const { valid, hasBound } = this.tryBind(first, second);
      if (valid) return true;
      if (hasBound) return false;
    }
    if (first.kind === 'param') return this.tryBind(second, first).valid;
    if (isWild(first) || isWild(second)) return true;
    if (first.kind === 'null') return isNullable(second);
    if (second.kind === 'null') return isNullable(first);
    if (first.kind !== second.kind) return false;
    switch (first.kind) {
      case 'type':
        return true;
      case 'object':
        return first.name === second.name;
      case 'opaque':
      case 'list':
      case 'map':
        return first.name === second.name && this.areAssignable(first.params, second.params);
      default:
        return true;
    }
  }

  private tryBind(type: CelType, param: CelType): { valid: boolean; hasBound: boolean } {
    const bound = this.bound.get(param.name);
    if (bound) {
      if (isSameType(type, bound)) return { valid: true, hasBound: true };
      if (!this.fits(type, bound)) return { valid: false, hasBound: true };
      this.bind(param.name, mostGeneral(type, bound));
      return { valid: true, hasBound: true };
    }
    if (type.kind === 'param' && type.name === param.name) return { valid: true, hasBound: false };
    if (this.occursIn(param.name, type)) return { valid: false, hasBound: false };
    this.bind(param.name, type);
    return { valid: true, hasBound: false };
  }

  private occursIn(name: string, type: CelType): boolean {
    if (type.kind === 'param') {
      if (type.name === name) return true;
      const bound = this.bound.get(type.name);
      return bound !== undefined && this.occursIn(name, bound);
    }
    return type.params.some((param) => this.occursIn(name, param));
  }
}

export function isWild({ kind }: CelType): boolean {
  return kind === 'dyn' || kind === 'error';
}

function isNullable({ kind }: CelType): boolean {
  return kind === 'null' || kind === 'object' || kind === 'opaque' || kind === 'timestamp' || kind === 'duration';
}

export function isSameType(first: CelType, second: CelType): boolean {
  return (
    first.kind === second.kind &&
    first.name === second.name &&
    first.params.length === second.params.length &&
    first.params.every((param, index) => isSameType(param, second.params[index]!))
  );
}

/** The more general of two types that fit each other. */
export function mostGeneral(first: CelType, second: CelType): CelType {
  return isEqualOrLessSpecific(first, second) ? first : second;
}

function isEqualOrLessSpecific(first: CelType, second: CelType): boolean {
  if (first.kind === 'dyn' || first.kind === 'param') return true;
  if (second.kind === 'dyn' || second.kind === 'param') return false;
  if (first.kind !== second.kind || first.name !== second.name) return false;
  if (first.kind === 'type') return true;
  return first.params.every((param, index) => isEqualOrLessSpecific(param, second.params[index]!));
}

/** As cel-go's checker prints types in its messages. */
export function shownType(type: CelType): string {
  if (type.kind === 'null') return 'null';
  if (type.kind === 'timestamp' || type.kind === 'duration') return type.kind;
  return type.params.length === 0 ? type.name : `${type.name}(${type.params.map(shownType).join(', ')})`;
}
