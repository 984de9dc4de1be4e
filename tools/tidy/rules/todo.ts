import type { TidyRule } from '../source-tree.js';

/** Built from parts, or this file would break its own rule. */
const UNFINISHED = new RegExp(
  `(//|\\*).*\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\\b(?!\\(#\\d+\\))`,
);

/** What is unfinished has an issue, or is forgotten. */
export const todo: TidyRule = {
  name: 'todo-has-issue',
  check: ({ files }) =>
    files.flatMap(({ path, lines }) =>
      lines.flatMap((text, index) =>
        UNFINISHED.test(text) ? [{ path, line: index + 1, what: 'name the issue: (#123)' }] : [],
      ),
    ),
};
