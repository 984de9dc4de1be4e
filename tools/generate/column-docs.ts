import type { Docs } from './docs.js';

/** Resource ('deployments.apps'; '*' for all) → column → its description, or '=' and the field whose text it is. */
export type ColumnFacts = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** '=core.v1.PodSpec.nodeName': the last three words of a definition's name, and a field. */
function described(text: string, byShortName: ReadonlyMap<string, Docs>): string {
  if (!text.startsWith('=')) return text;
  const words = text.slice(1).split('.');
  const found = byShortName.get(words.slice(0, 3).join('.'))?.texts[words[3] ?? ''];
  if (found === undefined) throw new Error(`columns.json: ${text} names no field with a text`);
  return found;
}

/** The same with all texts in place. Throws when a fact names what does not exist. */
export function columnDocs(facts: ColumnFacts, docs: Readonly<Record<string, Docs>>): ColumnFacts {
  const byShortName = new Map(Object.entries(docs).map(([name, one]) => [name.split('.').slice(-3).join('.'), one]));
  return Object.fromEntries(
    Object.entries(facts).map(([resource, columns]) => [
      resource,
      Object.fromEntries(Object.entries(columns).map(([name, text]) => [name, described(text, byShortName)])),
    ]),
  );
}
