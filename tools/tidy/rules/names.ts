import ts from 'typescript';
import { lineOf, nodesOf, type TidyRule } from '../source-tree.js';

const EMPTY_NAMES = new Set([
  'utils',
  'util',
  'common',
  'misc',
  'types',
  'type',
  'dto',
  'dtos',
  'helpers',
  'helper',
  'shared',
]);
const BANNED_SUFFIX = /^[A-Z]\w+(Service|Manager|Helper|Helpers|Util|Utils|Impl)$/;
/** Kubernetes' own names win. */
const ALLOWED = new Set(['ControllerManager', 'KubeControllerManager']);

/** A folder or file is a concept; a name that fits everything says nothing. */
export const folderNames: TidyRule = {
  name: 'folder-names',
  check: ({ files }) =>
    files.flatMap(({ path }) => {
      const empty = path.split('/').find((part) => EMPTY_NAMES.has(part.replace(/(\.spec)?\.ts$/, '')));
      return empty === undefined
        ? []
        : [{ path, line: 0, what: `"${empty}" is no concept: name it for what it holds` }];
    }),
};

export const bannedNames: TidyRule = {
  name: 'banned-names',
  check: ({ files }) =>
    files.flatMap((file) =>
      [...nodesOf(file.syntax())].flatMap((node) => {
        if (ts.isEnumDeclaration(node)) {
          return [{ path: file.path, line: lineOf(node), what: `enum ${node.name.text}: use a union of strings` }];
        }
        const declares =
          ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
        const name = declares ? (node.name?.text ?? '') : '';
        return BANNED_SUFFIX.test(name) && !ALLOWED.has(name)
          ? [{ path: file.path, line: lineOf(node), what: `${name}: name it for what it is, not for its role` }]
          : [];
      }),
    ),
};

/** Kebab-case, noun first, role suffixes after dots: deployment.kind.ts. */
export const fileNames: TidyRule = {
  name: 'file-names',
  check: ({ files }) =>
    files
      .filter(({ path }) => !/(^|\/)[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*\.ts$/.test(path))
      .map(({ path }) => ({ path, line: 0, what: 'file names are kebab-case' })),
};
