import { existsSync, readFileSync } from 'node:fs';

/** One line of definitions.txt. */
export interface Definition {
  /** io.k8s.api.core.v1.Pod */
  readonly name: string;
  readonly gvks: readonly { group: string; version: string; kind: string }[];
  /** Of those without fields: 'object', 'any', 'string', 'string:date-time', … */
  readonly scalar: string | undefined;
  /** Name of client-node's model; undefined for those without fields. */
  readonly model: string | undefined;
}

function gvkOf(text: string): { group: string; version: string; kind: string } {
  const parts = text.split('/');
  const [group, version, kind] = parts.length === 3 ? parts : ['', ...parts];
  return { group: group!, version: version!, kind: kind! };
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/**
 * client-node names a model after version and kind, and prefixes the group where that would be ambiguous:
 * V1Pod, but CoreV1Event and EventsV1Event.
 */
function modelOf(definition: string, modelsDir: URL): string {
  const [group, version, name] = definition.split('.').slice(-3).map(capital);
  const found = [`${group}${version}${name}`, `${version}${name}`].find((model) =>
    existsSync(new URL(`${model}.js`, modelsDir)),
  );
  if (!found) throw new Error(`definition ${definition} has no model in @kubernetes/client-node`);
  return found;
}

/** All official definitions with their models. Models that no definition names are stale and never looked at. */
export function readDefinitions(file: URL, modelsDir: URL): Definition[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => {
    const [name, more = ''] = line.split(' ') as [string, string?];
    const scalar = more.startsWith('=') ? more.slice(1) : undefined;
    const gvks = scalar === undefined && more !== '' ? more.split(',').map(gvkOf) : [];
    return { name, gvks, scalar, model: scalar === undefined ? modelOf(name, modelsDir) : undefined };
  });
}
