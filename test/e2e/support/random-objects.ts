import type { Random } from '#base';

/** As much of OpenAPI v3 as published schemas use. */
export interface PublishedSchema {
  readonly $ref?: string;
  readonly allOf?: readonly PublishedSchema[];
  readonly oneOf?: readonly PublishedSchema[];
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, PublishedSchema>>;
  readonly required?: readonly string[];
  readonly items?: PublishedSchema;
  readonly additionalProperties?: PublishedSchema | boolean;
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[];
}

export type Definitions = Readonly<Record<string, PublishedSchema>>;

const REF_PREFIX = '#/components/schemas/';
const DEPTH_MAX = 9;
/** Words that mean something somewhere, and such as mean nothing anywhere. */
const WORDS: readonly string[] = [
  ...['', 'a', 'web', 'default', 'node01', 'kube-system', '*', '-', '.', '/', ' ', '__proto__', 'constructor', 'ä€😀'],
  ...['v1', 'apps/v1', 'Pod', 'pods', 'spec', 'status', 'metadata.name', 'example.com', 'example.com/a', 'a=b', '@'],
  ...['True', 'False', 'In', 'Exists', 'NotIn', 'Gt', 'TCP', 'Always', 'Never', 'NoSchedule', 'ReadWriteOnce'],
  ...['10.0.0.1', 'fd00::1', '10.0.0.0/8', '999.1.1.1', '80', '-1', '1Gi', '50%', '1.5', '2026-01-01T00:00:00Z'],
  ...['* * * * *', 'object.spec', '1 + ', '[', '(', '\\', '$(A)', '{{a}}', '"', "'", '\u0000', 'x'.repeat(300)],
];
const NUMBERS: readonly number[] = [0, 1, -1, 2, 80, 65_536, 2 ** 31 - 1, -(2 ** 31), 2 ** 53 - 1, 1.5];
/** Of the wrong type now and then: a decoder must say so. */
const STRANGERS: readonly unknown[] = [null, 0, 'x', true, [], {}, [null], [{}], { a: null }];

/**
 * Objects of published schemas that are complete by chance only: fields missing, empty, null, of odd values and, rarely, of
 * the wrong type. The same random gives the same objects.
 */
export class RandomObjects {
  constructor(
    private readonly definitions: Definitions,
    private readonly random: Random,
    /** Of 1,000 values, how many are of the wrong type. */
    private readonly strange = 4,
  ) {}

  /** Of a definition by its full name. */
  of(definition: string): Record<string, unknown> {
    return this.object(this.definitions[definition] ?? {}, 0);
  }

  private value(schema: PublishedSchema, depth: number): unknown {
    if (this.random.int(1_000) < this.strange) return this.one(STRANGERS);
    const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
    if (ref !== undefined) return this.value(this.definitions[ref.slice(REF_PREFIX.length)] ?? {}, depth);
    if (schema.enum && this.random.int(8) > 0) return this.one(schema.enum);
    switch (schema.oneOf?.[0]?.type ?? schema.type) {
      case 'object':
        return this.object(schema, depth);
      case 'array':
        return this.list(schema, depth);
      case 'string':
        return this.text(schema);
      case 'integer':
      case 'number':
        return this.one(NUMBERS);
      case 'boolean':
        return this.random.int(2) === 0;
      default:
        return this.one(STRANGERS);
    }
  }

  private object(schema: PublishedSchema, depth: number): Record<string, unknown> {
    const made: Record<string, unknown> = {};
    if (schema.properties) {
      const names = Object.keys(schema.properties);
      const wanted = depth > DEPTH_MAX ? 0 : Math.min(1, (2 + this.random.int(4)) / names.length);
      for (const name of names) {
        const needed = schema.required?.includes(name) && this.random.int(10) > 0;
        if (!needed && this.random.next() >= wanted) continue;
        made[name] = this.value(schema.properties[name]!, depth + 1);
      }
      return made;
    }
    const { additionalProperties: element } = schema;
    for (let i = this.random.int(3); i > 0; i--) {
      made[this.one(WORDS)] = this.value(typeof element === 'object' ? element : {}, depth + 1);
    }
    return made;
  }

  private list(schema: PublishedSchema, depth: number): unknown[] {
    const length = depth > DEPTH_MAX ? 0 : this.random.int(3);
    return Array.from({ length }, () => this.value(schema.items ?? {}, depth + 1));
  }

  private text({ format }: PublishedSchema): string {
    if (format === 'date-time' && this.random.int(4) > 0) return '2026-01-01T00:00:00Z';
    if (format === 'byte' && this.random.int(4) > 0) return 'YWJj';
    return this.one(WORDS);
  }

  private one<T>(all: readonly T[]): T {
    return all[this.random.int(all.length)]!;
  }
}
