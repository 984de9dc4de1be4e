import { readFileSync } from 'node:fs';

export interface ModelField {
  /** As in JSON. */
  readonly name: string;
  /** client-node's words: 'string', 'Array<V1Container>', '{ [key: string]: string; }', 'Date', … */
  readonly type: string;
  /** '', 'int32', 'int64', 'double', 'byte', 'date-time', … */
  readonly format: string;
  readonly required: boolean;
  readonly doc: string;
}

export interface Model {
  readonly doc: string;
  readonly fields: readonly ModelField[];
}

const ATTRIBUTES = /\.attributeTypeMap = (\[[\s\S]*?\n\]|\[\]);/;
const CLASS_DOC = /\/\*\*\n\* ([^\n]*)\n\*\/\nexport declare class/;
const FIELD = /(?:\/\*\*\n\s*\* ([^\n]*)\n\s*\*\/\n\s*)?'([^']+)'(\??): /g;

/** The docs come escaped for a JavaScript string. */
const unescaped = (doc: string | undefined) => (doc ?? '').replaceAll(/\\(['"])/g, '$1');

/** Reads one model as text (importing 900 modules takes seconds): types from the .js, docs and optionality from the .d.ts. */
export function readModel(name: string, modelsDir: URL): Model {
  const code = readFileSync(new URL(`${name}.js`, modelsDir), 'utf8');
  const declared = readFileSync(new URL(`${name}.d.ts`, modelsDir), 'utf8');
  const attributes = ATTRIBUTES.exec(code)?.[1];
  if (!attributes) throw new Error(`model ${name} has no attributeTypeMap`);

  const head = declared.slice(0, declared.indexOf('static readonly discriminator'));
  const body = head.slice(head.indexOf('export declare class'));
  const facts = new Map<string, { required: boolean; doc: string }>();
  for (const [, doc, field, optional] of body.matchAll(FIELD)) {
    facts.set(field!, { required: optional === '', doc: unescaped(doc) });
  }
  const fields = (JSON.parse(attributes) as { name: string; baseName: string; type: string; format: string }[]).map(
    (attribute): ModelField => {
      const fact = facts.get(attribute.name);
      if (!fact) throw new Error(`model ${name} does not declare ${attribute.name}`);
      return { ...fact, name: attribute.baseName, type: attribute.type, format: attribute.format };
    },
  );
  return { doc: unescaped(CLASS_DOC.exec(declared)?.[1]), fields };
}
