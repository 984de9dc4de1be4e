import ts from 'typescript';
import { type Finding, isTest, lineOf, nodesOf, type SourceFile, type TidyRule } from '../source-tree.js';

/** Calls of the process's time and chance. */
const CALLS = new Set([
  'setTimeout',
  'setInterval',
  'Date',
  'Date.now',
  'Math.random',
  'crypto.randomUUID',
  'randomUUID',
  'globalThis.setTimeout',
  'globalThis.setInterval',
]);
const MODULES = new Set(['timers', 'timers/promises', 'node:timers', 'node:timers/promises']);

/** Simulated things live by the sandbox's clock and seed; only base may touch the process's. */
export const oneClock: TidyRule = {
  name: 'one-clock',
  check: ({ files }) =>
    files
      .filter(({ path }) => /^(libs|apps)\//.test(path) && !path.startsWith('libs/base/') && !isTest(path))
      .flatMap(touches),
};

function touches(file: SourceFile): Finding[] {
  const findings: Finding[] = [];
  const found = (node: ts.Node, what: string) =>
    findings.push({ path: file.path, line: lineOf(node), what: `${what}: take a Clock or a Random` });
  for (const node of nodesOf(file.syntax())) {
    if (ts.isCallExpression(node) && CALLS.has(node.expression.getText())) found(node, node.expression.getText());
    else if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) {
      found(node, 'new Date()');
    } else if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      if (MODULES.has(node.moduleSpecifier.text)) found(node, node.moduleSpecifier.text);
    }
  }
  return findings;
}
