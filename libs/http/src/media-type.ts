import { StatusError } from '#apimachinery';

/** How a response is to look. `as` '' means the object itself. */
export interface Accepted {
  readonly format: 'json' | 'yaml';
  readonly as: string;
  readonly group: string;
  readonly version: string;
}

interface Clause {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

const PLAIN: Accepted = { format: 'json', as: '', group: '', version: '' };

/** What this server writes. Clients that prefer protobuf list JSON after it. */
const OFFERED: ReadonlyMap<string, Accepted['format']> = new Map([
  ['application/json', 'json'],
  ['application/yaml', 'yaml'],
  ['application/*', 'json'],
  ['*/*', 'json'],
  ['*', 'json'],
]);

/** What upstream names in a 406; protobuf is left out because it is not served. */
export const ACCEPTED_TYPES = ['application/json', 'application/yaml'] as const;

/** Distinct Accept headers remembered; clients send a handful. */
const REMEMBERED_MAX = 512;

/**
 * Chooses among what a client accepts. `transforms` names the `as` parameters that the endpoint can do, as
 * 'group/version/as'. Remembers what it saw, so that the hot path is one Map lookup.
 */
export class Negotiator {
  private readonly remembered = new Map<string, Accepted>();

  constructor(private readonly transforms: ReadonlySet<string>) {}

  /** Fails with 406 when nothing that the client accepts can be served. */
  choose(accept: string | undefined): Accepted {
    if (accept === undefined || accept === '' || accept === '*/*' || accept === 'application/json') return PLAIN;
    const known = this.remembered.get(accept);
    if (known) return known;
    const chosen = this.search(accept);
    if (!chosen) throw StatusError.notAcceptable(ACCEPTED_TYPES);
    if (this.remembered.size >= REMEMBERED_MAX) this.remembered.clear();
    this.remembered.set(accept, chosen);
    return chosen;
  }

  private search(accept: string): Accepted | undefined {
    const clauses = accept.split(',').map(clauseOf);
    // Stable: equal qualities keep the client's order.
    clauses.sort((a, b) => b.quality - a.quality);
    for (const { type, parameters, quality } of clauses) {
      const format = OFFERED.get(type);
      if (format === undefined || quality === 0) continue;
      const as = parameters.get('as') ?? '';
      if (as === '') return format === 'json' ? PLAIN : { ...PLAIN, format };
      const group = parameters.get('g') ?? '';
      const version = parameters.get('v') ?? '';
      if (this.transforms.has(`${group}/${version}/${as}`)) return { format, as, group, version };
    }
    return undefined;
  }
}

function clauseOf(text: string): Clause {
  const [type = '', ...rest] = text.split(';');
  const parameters = new Map<string, string>();
  for (const parameter of rest) {
    const equals = parameter.indexOf('=');
    if (equals === -1) continue;
    const value = parameter.slice(equals + 1).trim();
    parameters.set(parameter.slice(0, equals).trim().toLowerCase(), value.replace(/^"(.*)"$/, '$1'));
  }
  const quality = Number(parameters.get('q') ?? '1');
  return { type: type.trim().toLowerCase(), parameters, quality: Number.isNaN(quality) ? 0 : quality };
}

const BODY_FORMATS: ReadonlyMap<string, 'json' | 'yaml'> = new Map([
  ['', 'json'],
  ['application/json', 'json'],
  ['application/yaml', 'yaml'],
]);

/** The type without parameters, lower-case; '' when absent. */
export function mediaTypeOf(contentType: string | undefined): string {
  if (contentType === undefined) return '';
  const semicolon = contentType.indexOf(';');
  return (semicolon === -1 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
}

/** The format of a create, update or delete body. Fails with 415. */
export function bodyFormatOf(contentType: string | undefined): 'json' | 'yaml' {
  const format = BODY_FORMATS.get(mediaTypeOf(contentType));
  if (format === undefined) throw StatusError.unsupportedMediaType(ACCEPTED_TYPES);
  return format;
}
