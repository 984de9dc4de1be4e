import { isSameType, isWild, mostGeneral, shownType, Substitutions } from '../typing/assignability.js';
import { BOOL, BYTES, CelType, DOUBLE, DYN, ERROR, INT, NULL, STRING, UINT } from '../typing/cel-type.js';
import type { Overload } from '../typing/signature.js';
import {
  type CallExpression,
  type Expression,
  type FoldExpression,
  type IdentExpression,
  type ListExpression,
  type LiteralValue,
  type MapExpression,
  qualifiedName,
  type SelectExpression,
  type StructExpression,
} from '../syntax/expression.js';
import type { CelSource } from '../syntax/source.js';
import { CelUint } from '../value/uint.js';

/** What names mean where an expression stands. */
export interface Declarations {
  variable(name: string): CelType | undefined;
  /** Types that have values of their own: bool, list, Object.spec. */
  typeNamed(name: string): CelType | undefined;
  functionNamed(name: string): readonly Overload[] | undefined;
}

/** Finds the type of every part and which overloads its calls may mean; reports what is wrong to the source. Models cel-go's checker. */
export function checkExpression(source: CelSource, root: Expression, declarations: Declarations): CelType {
  return new Checker(source, declarations).run(root);
}

class Checker {
  private readonly types = new Substitutions();
  private readonly scopes: Map<string, CelType>[] = [];
  private readonly checked: Expression[] = [];

  constructor(
    private readonly source: CelSource,
    private readonly declarations: Declarations,
  ) {}

  run(root: Expression): CelType {
    this.check(root);
    for (const part of this.checked) part.type = this.types.substitute(part.type!, true);
    return root.type!;
  }

  private check(expression: Expression): CelType {
    const type = this.typeOf(expression);
    expression.type = type;
    this.checked.push(expression);
    return type;
  }

  private typeOf(expression: Expression): CelType {
    switch (expression.kind) {
      case 'literal':
        return literalType(expression.value);
      case 'ident':
        return this.ident(expression);
      case 'select':
        return this.select(expression);
      case 'call':
        return this.call(expression);
      case 'list':
        return this.list(expression);
      case 'map':
        return this.map(expression);
      case 'struct':
        return this.struct(expression);
      case 'fold':
        return this.fold(expression);
    }
  }

  private lookup(name: string): { name: string; type: CelType; constant?: CelType } | undefined {
    const plain = name.startsWith('.') ? name.slice(1) : name;
    if (plain === name) {
      for (let index = this.scopes.length - 1; index >= 0; index--) {
        const type = this.scopes[index]!.get(name);
        if (type) return { name, type };
      }
    }
    const type = this.declarations.variable(plain);
    if (type) return { name: plain, type };
    const constant = this.declarations.typeNamed(plain);
    return constant && { name: plain, type: CelType.type(constant), constant };
  }

  private undeclared(at: number, name: string): CelType {
    this.source.report(at, `undeclared reference to '${name}' (in container '')`);
    return ERROR;
  }

  private ident(expression: IdentExpression): CelType {
    const found = this.lookup(expression.name);
    if (!found) return this.undeclared(expression.at, expression.name);
    expression.resolved = found;
    return found.type;
  }

  private select(expression: SelectExpression): CelType {
    const name = expression.isTest ? undefined : qualifiedName(expression);
    const found = name === undefined ? undefined : this.lookup(name);
    if (found) {
      expression.resolved = found;
      return found.type;
    }
    const type = this.selected(expression.at, expression.operand, expression.field, false);
    return expression.isTest ? BOOL : this.types.substitute(type, false);
  }

  private selected(at: number, operand: Expression, field: string, isOptional: boolean): CelType {
    const operandType = this.types.substitute(this.check(operand), false);
    const target = operandType.isOptional ? operandType.params[0]! : operandType;
    const type = this.fieldOf(at, target, field);
    return operandType.isOptional || isOptional ? CelType.optional(type) : type;
  }

  private fieldOf(at: number, target: CelType, field: string): CelType {
    if (target.kind === 'map') return target.params[1]!;
    if (target.kind === 'object') {
      const type = target.field(field);
      if (!type) this.source.report(at, `undefined field '${field}'`);
      return type ?? ERROR;
    }
    if (target.kind === 'param') this.types.isAssignable(DYN, target);
    else if (!isWild(target)) {
      this.source.report(at, `type '${shownType(target)}' does not support field selection`);
    }
    return DYN;
  }

  private call(expression: CallExpression): CelType {
    if (expression.name === '_?._') {
      const field = expression.args[1]!;
      this.check(field);
      expression.overloads = ['select_optional_field'];
      const name = field.kind === 'literal' && typeof field.value === 'string' ? field.value : '';
      return this.types.substitute(this.selected(expression.at, expression.args[0]!, name, true), false);
    }
    for (const arg of expression.args) this.check(arg);
    if (expression.target === undefined) {
      if (expression.name.startsWith('.')) expression.name = expression.name.slice(1);
      const overloads = this.declarations.functionNamed(expression.name);
      return overloads ? this.resolve(expression, overloads) : this.undeclared(expression.at, expression.name);
    }
    const path = qualifiedName(expression.target);
    const qualified = path === undefined ? undefined : `${path.replace(/^\./, '')}.${expression.name}`;
    const namespaced = qualified === undefined ? undefined : this.declarations.functionNamed(qualified);
    if (namespaced) {
      expression.name = qualified!;
      expression.target = undefined;
      return this.resolve(expression, namespaced);
    }
    this.check(expression.target);
    const overloads = this.declarations.functionNamed(expression.name);
    return overloads ? this.resolve(expression, overloads) : this.undeclared(expression.at, expression.name);
  }

  private resolve(expression: CallExpression, overloads: readonly Overload[]): CelType {
    const { name, target, args } = expression;
    const operands = target ? [target, ...args] : args;
    if (name === '_&&_' || name === '_||_') return this.logical(expression);
    const argTypes = operands.map(({ type }) => type!);
    const matching: string[] = [];
    let result: CelType | undefined;
    for (const overload of overloads) {
      if (overload.isMember !== (target !== undefined)) continue;
      const { params, result: ownResult } = this.instantiated(overload);
      if (!this.types.isAssignableAll(argTypes, params)) continue;
      matching.push(overload.id);
      const type = this.types.substitute(ownResult, false);
      if (!result) result = type;
      else if (result.kind !== 'dyn' && !isSameType(result, type)) result = DYN;
    }
    if (result) {
      expression.overloads = matching;
      return result;
    }
    const shown = argTypes.map((type) => shownType(this.types.substitute(type, true)));
    const signature = target ? `${shown[0]}.(${shown.slice(1).join(', ')})` : `(${shown.join(', ')})`;
    this.source.report(expression.at, `found no matching overload for '${name}' applied to '${signature}'`);
    return ERROR;
  }

  private logical(expression: CallExpression): CelType {
    let type = BOOL;
    for (const arg of expression.args) {
      if (this.types.isAssignable(arg.type!, BOOL)) continue;
      this.mismatch(arg.at, BOOL, arg.type!);
      type = ERROR;
    }
    expression.overloads = [expression.name === '_&&_' ? 'logical_and' : 'logical_or'];
    return type;
  }

  private instantiated({ params, result }: Overload): { params: readonly CelType[]; result: CelType } {
    const fresh = new Map<string, CelType>();
    const renewed = (type: CelType): CelType => {
      if (type.kind === 'param') {
        const known = fresh.get(type.name) ?? this.types.newVariable((name) => CelType.param(name));
        fresh.set(type.name, known);
        return known;
      }
      return type.params.length === 0 ? type : type.withParams(type.params.map(renewed));
    };
    return { params: params.map(renewed), result: renewed(result) };
  }

  private mismatch(at: number, expected: CelType, actual: CelType): void {
    const shown = [expected, actual].map((type) => shownType(this.types.substitute(type, false)));
    this.source.report(at, `expected type '${shown[0]}' but found '${shown[1]}'`);
  }

  private joined(before: CelType | undefined, next: CelType): CelType {
    if (!before) return next;
    // Whether items of several types may stand together is for the validation of literals to say.
    return this.types.isAssignable(before, next) ? mostGeneral(before, next) : DYN;
  }

  private unwrapped(value: Expression, isOptional: boolean): CelType {
    const type = value.type!;
    if (!isOptional) return type;
    if (type.isOptional) return type.params[0]!;
    if (!isWild(type)) this.mismatch(value.at, CelType.optional(type), type);
    return type;
  }

  private newVariable(): CelType {
    return this.types.newVariable((name) => CelType.param(name));
  }

  private list({ items, optionals }: ListExpression): CelType {
    let item: CelType | undefined;
    for (const [index, element] of items.entries()) {
      this.check(element);
      item = this.joined(item, this.unwrapped(element, optionals.has(index)));
    }
    return CelType.list(item ?? this.newVariable());
  }

  private map({ entries }: MapExpression): CelType {
    let key: CelType | undefined;
    let value: CelType | undefined;
    for (const entry of entries) {
      key = this.joined(key, this.check(entry.key));
      this.check(entry.value);
      value = this.joined(value, this.unwrapped(entry.value, entry.isOptional));
    }
    return CelType.map(key ?? this.newVariable(), value ?? this.newVariable());
  }

  private struct({ at, name, fields }: StructExpression): CelType {
    const found = this.lookup(name);
    if (!found) return this.undeclared(at, name);
    let type = found.constant ?? ERROR;
    if (!found.constant) this.source.report(at, `'${found.type.name}' is not a type`);
    else if (type.kind !== 'object') {
      this.source.report(at, `'${type.name}' is not a message type`);
      type = ERROR;
    }
    for (const field of fields) {
      this.check(field.value);
      const declared = type === ERROR ? ERROR : (type.field(field.name) ?? ERROR);
      if (type !== ERROR && declared === ERROR) this.source.report(field.at, `undefined field '${field.name}'`);
      const actual = this.unwrapped(field.value, field.isOptional);
      if (this.types.isAssignable(declared, actual)) continue;
      const [expected, provided] = [declared, actual].map((one) => shownType(this.types.substitute(one, false)));
      this.source.report(
        field.at,
        `expected type of field '${field.name}' is '${expected}' but provided type is '${provided}'`,
      );
    }
    return type;
  }

  private fold(expression: FoldExpression): CelType {
    const range = this.types.substitute(this.check(expression.range), false);
    const accumulator = this.check(expression.initial);
    const [first, second] = this.iterated(expression, range);
    this.scopes.push(new Map([[expression.accumulator, accumulator]]));
    const variables = new Map([[expression.variable, first]]);
    if (expression.secondVariable !== undefined) variables.set(expression.secondVariable, second);
    this.scopes.push(variables);
    this.assertType(expression.condition, BOOL);
    this.assertType(expression.step, accumulator);
    this.scopes.pop();
    const result = this.check(expression.result);
    this.scopes.pop();
    return this.types.substitute(result, false);
  }

  private assertType(part: Expression, type: CelType): void {
    const actual = this.check(part);
    if (!this.types.isAssignable(type, actual)) this.mismatch(part.at, type, actual);
  }

  private iterated({ range: { at }, secondVariable }: FoldExpression, range: CelType): [CelType, CelType] {
    const isPair = secondVariable !== undefined;
    if (range.kind === 'list') return isPair ? [INT, range.params[0]!] : [range.params[0]!, DYN];
    if (range.kind === 'map') return [range.params[0]!, range.params[1]!];
    if (range.kind === 'param') this.types.isAssignable(DYN, range);
    else if (!isWild(range)) {
      this.source.report(
        at,
        `expression of type '${shownType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
      );
      return [ERROR, ERROR];
    }
    return [DYN, DYN];
  }
}

function literalType(value: LiteralValue): CelType {
  if (value === null) return NULL;
  if (typeof value === 'boolean') return BOOL;
  if (typeof value === 'bigint') return INT;
  if (typeof value === 'number') return DOUBLE;
  if (typeof value === 'string') return STRING;
  return value instanceof CelUint ? UINT : BYTES;
}
