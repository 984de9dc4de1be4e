import { readdirSync, readFileSync } from 'node:fs';

/** What people read of one definition, and which values its fields may have. */
export interface Docs {
  /** '' is the definition's own text; no field has that name. */
  readonly texts: Readonly<Record<string, string>>;
  /** Field → values that the document lists. Of a list: those of its items. */
  readonly enums: Readonly<Record<string, readonly string[]>>;
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** 'io.k8s.api.apps.v1.DeploymentSpec' → 'IoK8sApiAppsV1DeploymentSpec', as kubernetes-models exports it. */
const exportedName = (definition: string) => definition.split(/[.-]/).map(capital).join('');

const EXPORTED = /as I(IoK8s\w+)/g;
const TYPE_DOC = /\/\*\*\n((?: \*.*\n)+?) \*\/\nexport (?:interface|type)/;
const FIELD = /^(?: {4}\/\*\*\n((?: {5}\*.*\n)+?) {5}\*\/\n)? {4}"([^"\n]+)"\??: (.*?);?$/gm;
const UNION = /^(?:Array<)?((?:"[^"]*"(?: \| )?)+)>?$/;

/** Comment lines as the text that they were made of: paragraphs and lists keep their lines. */
function textOf(comment: string | undefined): string {
  if (comment === undefined) return '';
  const lines = comment.split('\n').map((line) => line.replace(/^ +\* ?/, ''));
  return lines.join('\n').replaceAll('\\*', '*').trim();
}

function valuesOf(type: string): string[] | undefined {
  const union = UNION.exec(type)?.[1];
  return union === undefined ? undefined : [...union.matchAll(/"([^"]*)"/g)].map(([, value]) => value!);
}

function read(file: URL): Docs {
  const code = readFileSync(file, 'utf8');
  const texts: Record<string, string> = { '': textOf(TYPE_DOC.exec(code)?.[1]) };
  const enums: Record<string, string[]> = {};
  const start = code.indexOf('export interface ');
  const body = start === -1 ? '' : code.slice(start, code.indexOf('\n}', start));
  for (const [, comment, field, type] of body.matchAll(FIELD)) {
    texts[field!] = textOf(comment);
    const values = valuesOf(type!);
    // The version and kind of an object are not published as enumerations.
    if (values && field !== 'apiVersion' && field !== 'kind') enums[field!] = values;
  }
  return { texts: Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== '')), enums };
}

function filesBelow(dir: URL): URL[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return entry.name === '_schemas' ? [] : filesBelow(new URL(`${entry.name}/`, dir));
    return entry.name.endsWith('.d.ts') ? [new URL(entry.name, dir)] : [];
  });
}

/** One line, as client-node writes every text. */
const flat = (text: string) => text.replace(/\s+/g, ' ').trim();

/** The document says in words, too, which values there are; client-node's texts end before that. */
const words = (text: string) => flat(text).replace(/ ?Possible enum values: .*$/, '');

/**
 * The published texts in their lines, those of fields that refer to another definition among them: what client-node's
 * generator drops and kubernetes-models keeps. The package has stable versions only; a beta or alpha type is described
 * by the stable type of the same name, where there is one and client-node does not say otherwise.
 */
export class DocSource {
  private readonly files = new Map<string, URL>();

  constructor(dirs: readonly URL[]) {
    for (const file of dirs.flatMap(filesBelow)) {
      for (const [, name] of readFileSync(file, 'utf8').matchAll(EXPORTED)) this.files.set(name!, file);
    }
  }

  /** `known`: client-node's texts by field, '' for the definition's own. */
  of(definition: string, known: Readonly<Record<string, string>>): Docs {
    const stable = definition.replace(/\.v1(?:alpha|beta)\d+\./, '.v1.');
    const file = this.files.get(exportedName(definition)) ?? this.files.get(exportedName(stable));
    const { texts, enums } = file ? read(file) : { texts: {}, enums: {} };
    const agrees = (field: string) => !known[field] || words(texts[field] ?? '') === words(known[field]);
    const all = [...new Set([...Object.keys(known), ...Object.keys(texts)])];
    const chosen = all.map((field) => [field, agrees(field) ? (texts[field] ?? '') : known[field]!] as const);
    return {
      texts: Object.fromEntries(chosen.filter(([, text]) => text !== '')),
      enums: Object.fromEntries(Object.entries(enums).filter(([field]) => agrees(field))),
    };
  }
}
