import { type Overload, overloadOf, type OverloadRow } from '../typing/signature.js';
import { ADDRESSES } from './addresses.js';
import { ARITHMETIC } from './arithmetic.js';
import { AUTHORIZATION } from './authorizer.js';
import { COLLECTIONS } from './collections.js';
import { CONVERSIONS } from './conversions.js';
import { NAMED_FORMATS } from './formats.js';
import { OPTIONALS } from './optionals.js';
import { PATCHES } from './patches.js';
import { QUANTITIES } from './quantities.js';
import { REGEX } from './regex.js';
import { STRINGS } from './strings.js';
import { TIMES } from './times.js';
import { URLS } from './urls.js';
import { VERSIONS } from './versions.js';

/** Every library of the environment. Models apiserver's cel/environment/base.go (1.36): what is not there, expressions do not have. */
const LIBRARIES: readonly (readonly OverloadRow[])[] = [
  ARITHMETIC,
  CONVERSIONS,
  STRINGS,
  REGEX,
  TIMES,
  COLLECTIONS,
  OPTIONALS,
  URLS,
  AUTHORIZATION,
  QUANTITIES,
  ADDRESSES,
  NAMED_FORMATS,
  VERSIONS,
  PATCHES,
];

function byName(rows: readonly OverloadRow[]): ReadonlyMap<string, readonly Overload[]> {
  const functions = new Map<string, Overload[]>();
  for (const overload of rows.map(overloadOf)) {
    const known = functions.get(overload.name);
    if (known) known.push(overload);
    else functions.set(overload.name, [overload]);
  }
  return functions;
}

export const FUNCTIONS = byName(LIBRARIES.flat());
