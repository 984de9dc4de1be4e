import { BOOL, BYTES, CelType, DOUBLE, DYN, INT, STRING, TIMESTAMP } from '#cel';
import { type Shape, shapeOf, type Struct, type WithSchema } from './shape.js';

const SCALARS: Readonly<Partial<Record<Shape['type'], CelType>>> = {
  string: STRING,
  quantity: STRING,
  bytes: BYTES,
  boolean: BOOL,
  int32: INT,
  int64: INT,
  double: DOUBLE,
  time: TIMESTAMP,
  microTime: TIMESTAMP,
};

const structs = new WeakMap<Struct, CelType>();

/** What expressions know of a whole object of the kind. Fields are followed on first use, as definitions may be recursive. */
export function celTypeOfKind(kind: WithSchema): CelType {
  return typeOf(shapeOf(kind));
}

function typeOf(shape: Shape): CelType {
  switch (shape.type) {
    case 'struct':
      return structType(shape.struct);
    case 'list':
      return CelType.list(typeOf(shape.element));
    case 'map':
      return CelType.map(STRING, typeOf(shape.element));
    default:
      return SCALARS[shape.type] ?? DYN;
  }
}

function structType(struct: Struct): CelType {
  let type = structs.get(struct);
  if (!type) {
    let fields: ReadonlyMap<string, CelType> | undefined;
    const all = () => (fields ??= new Map([...struct.fields].map(([name, shape]) => [name, typeOf(shape)])));
    structs.set(struct, (type = CelType.object(struct.goName || 'object', all)));
  }
  return type;
}
