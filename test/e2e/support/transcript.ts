/**
 * A transcript: commands as a user types them and what they print, in a text file that reads like a terminal.
 *
 *   ## What this part shows.
 *   $ kubectl create -f - <<YAML
 *   > kind: …
 *   > YAML
 *   configmap/app created
 *   = kubectl 1.27
 *   what that version prints instead
 *
 * A command is `$ ` and lines of `> `; its output follows, with `(exit N)` at its end unless that is 0. What differs from
 * run to run stands as a placeholder: <age>, <uid>, <ip> and so on, as `normalised` writes them.
 */
export interface Command {
  /** Lines of `## ` before it. */
  readonly comment: readonly string[];
  /** For bash. */
  readonly text: string;
  readonly output: string;
  /** What other versions than the newest print, by version. */
  readonly variants: ReadonlyMap<string, string>;
}

export function parseTranscript(text: string): Command[] {
  const commands: { comment: string[]; lines: string[]; output: string[]; variants: Map<string, string[]> }[] = [];
  let comment: string[] = [];
  let into: string[] | undefined;
  for (const line of text.split('\n')) {
    const current = commands.at(-1);
    if (line.startsWith('## ')) comment.push(line.slice(3));
    else if (line.startsWith('$ ')) {
      const output: string[] = [];
      commands.push({ comment, lines: [line.slice(2)], output, variants: new Map() });
      comment = [];
      into = output;
    } else if (line.startsWith('> ') && current && into === current.output && into.length === 0) {
      current.lines.push(line.slice(2));
    } else if (line.startsWith('= kubectl ') && current) {
      into = [];
      current.variants.set(line.slice('= kubectl '.length), into);
    } else into?.push(line);
  }
  return commands.map(({ comment: said, lines, output, variants }) => ({
    comment: said,
    text: lines.join('\n'),
    output: trimmed(output),
    variants: new Map([...variants].map(([version, own]) => [version, trimmed(own)])),
  }));
}

function trimmed(lines: readonly string[]): string {
  return lines.join('\n').replace(/\n+$/, '');
}

export function printTranscript(commands: readonly Command[]): string {
  return commands
    .map(({ comment, text, output, variants }) => {
      const [first, ...more] = text.split('\n');
      const lines = [...comment.map((line) => `## ${line}`), `$ ${first}`, ...more.map((line) => `> ${line}`)];
      if (output !== '') lines.push(output);
      for (const [version, own] of variants) lines.push(`= kubectl ${version}`, ...(own === '' ? [] : [own]));
      return lines.join('\n');
    })
    .join('\n\n')
    .concat('\n');
}

/** Random parts of names come from this alphabet, as in Kubernetes. */
const SAFE = '[bcdfghjklmnpqrstvwxz2456789]';

const PLACEHOLDERS: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, '<time>'],
  [/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, '<time>'],
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uid>'],
  [/https:\/\/127\.0\.0\.1:\d+/g, '<server>'],
  [/\b10\.\d+\.\d+\.\d+\b/g, '<ip>'],
  [/(resourceVersion"?: ?)"\d+"/g, '$1<revision>'],
  [/(pod-template-hash["':=\]]+ ?"?)[0-9a-z]{8,10}\b/g, '$1<hash>'],
  [new RegExp(`-[0-9a-z]{8,10}-${SAFE}{5}\\b`, 'g'), '-<hash>-<random>'],
  [
    new RegExp(
      `(/|"|\\b(?:pod|replicaset|node|replica set) "?|^|\\s)([a-z][a-z0-9]*)-(?=[0-9a-z]*\\d)[0-9a-z]{8,10}(?![\\w-])`,
      'gm',
    ),
    '$1$2-<hash>',
  ],
  [/X509SHA256=[0-9a-f]{64}/g, 'X509SHA256=<hash>'],
  [/\b(\d+d)?(\d+h)?(\d+m)?\d+s\b/g, '<age>'],
  [/<age> \(x\d+ over <age>\)/g, '<age>'],
  [/\bnode0[12]\b/g, '<node>'],
];

/** What one run printed, with everything that another run prints otherwise replaced, and columns apart by three spaces. */
export function normalised(text: string): string {
  // Older kubectl's colour what they print even into a pipe.
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  let result = text.replace(/\u001b\[[\d;]*m/g, '').replaceAll('\r', '');
  for (const [pattern, placeholder] of PLACEHOLDERS) result = result.replace(pattern, placeholder);
  return result
    .split('\n')
    .map((line) => line.replace(/(\S) {2,}(?=\S)/g, '$1   ').trimEnd())
    .join('\n')
    .replace(/\n+$/, '');
}
