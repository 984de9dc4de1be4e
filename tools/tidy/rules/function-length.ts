import ts from 'typescript';
import { isTest, lineOf, nodesOf, type TidyRule } from '../source-tree.js';

/** What a screen shows. */
const LINES_MAX = 70;

/** Specs are left out: their functions are tables. */
export const functionLength: TidyRule = {
  name: 'function-length',
  check: ({ files }) =>
    files
      .filter(({ path }) => !isTest(path))
      .flatMap((file) => {
        const source = file.syntax();
        return [...nodesOf(source)].flatMap((node) => {
          if (!ts.isFunctionLike(node) || !('body' in node) || !node.body) return [];
          const first = lineOf(node);
          const count = source.getLineAndCharacterOfPosition(node.end).line + 2 - first;
          return count > LINES_MAX
            ? [{ path: file.path, line: first, what: `a function of ${count} lines (${LINES_MAX} at most)` }]
            : [];
        });
      }),
};
