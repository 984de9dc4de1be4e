import ts from 'typescript';
import { type Finding, isTest, lineOf, nodesOf, type SourceTree, type TidyRule } from '../source-tree.js';

/** The interfaces through which clusters are reached, and the type that says which cluster, as their calls' first argument. */
const DOORS: readonly { file: string; name: string; first: readonly string[] }[] = [
  { file: 'libs/storage/src/store.ts', name: 'ReadView', first: ['SandboxId'] },
  { file: 'libs/storage/src/store.ts', name: 'WriteView', first: ['SandboxId'] },
  { file: 'libs/storage/src/store.ts', name: 'WatchView', first: ['SandboxId'] },
  { file: 'libs/storage/src/store.ts', name: 'SandboxLogs', first: ['SandboxId', 'SnapshotId'] },
  { file: 'libs/registry/src/request.ts', name: 'Verbs', first: ['RequestContext'] },
  { file: 'libs/client/src/api.ts', name: 'ApiFor', first: ['SandboxId'] },
];

/** There is no ambient tenant, and no text becomes a SandboxId but through sandboxId(); storage trusts what it wrote itself. */
export const oneSandbox: TidyRule = {
  name: 'one-sandbox',
  check: (tree) => [...DOORS.flatMap((door) => callsWithoutSandbox(tree, door)), ...casts(tree)],
};

function callsWithoutSandbox(tree: SourceTree, { file, name, first }: (typeof DOORS)[number]): Finding[] {
  const source = tree.find(file)?.syntax();
  const declared = source?.statements.find(
    (statement): statement is ts.InterfaceDeclaration | ts.TypeAliasDeclaration =>
      (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) && statement.name.text === name,
  );
  if (!declared) return [{ path: file, line: 0, what: `declares no ${name}: tell this rule where it went` }];
  return [...nodesOf(declared)].flatMap((node) => {
    const isCall = ts.isMethodSignature(node) || (ts.isFunctionTypeNode(node) && node.parent === declared);
    if (!isCall) return [];
    const type = node.parameters[0]?.type?.getText() ?? 'nothing';
    const called = ts.isMethodSignature(node) ? `${name}.${node.name.getText()}` : name;
    return first.includes(type)
      ? []
      : [{ path: file, line: lineOf(node), what: `${called} takes ${type} first, not ${first.join(' or ')}` }];
  });
}

function casts({ files }: SourceTree): Finding[] {
  return files
    .filter(({ path }) => /^(libs|apps)\//.test(path) && !/^libs\/(base|storage)\//.test(path) && !isTest(path))
    .flatMap((file) =>
      [...nodesOf(file.syntax())].flatMap((node) =>
        ts.isAsExpression(node) && node.type.getText() === 'SandboxId'
          ? [{ path: file.path, line: lineOf(node), what: 'a cast to SandboxId: use sandboxId()' }]
          : [],
      ),
    );
}
