import ts from 'typescript';
import { isTest, lineOf, nodesOf, type TidyRule } from '../source-tree.js';

/** One typed configuration is built where the process starts; nothing else reads the environment. */
export const processEnv: TidyRule = {
  name: 'process-env',
  check: ({ files }) =>
    files
      .filter(({ path }) => !path.startsWith('apps/server/') && !path.startsWith('tools/') && !isTest(path))
      .flatMap((file) =>
        [...nodesOf(file.syntax())].flatMap((node) =>
          ts.isPropertyAccessExpression(node) && node.getText() === 'process.env'
            ? [{ path: file.path, line: lineOf(node), what: 'process.env: take it as an option' }]
            : [],
        ),
      ),
};
