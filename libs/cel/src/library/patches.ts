import type { OverloadRow } from '../typing/signature.js';

/** Only where mutations are built. Models apiserver's cel/library/jsonpatch.go (1.36). */
export const PATCHES: readonly OverloadRow[] = [
  [
    'string_jsonpatch_escapeKey_string',
    'jsonpatch.escapeKey(string) -> string',
    (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1'),
  ],
];
