import { isTest, type TidyRule } from '../source-tree.js';

/** Tests are found by their name: one that is called otherwise never runs. */
export const specPlaces: TidyRule = {
  name: 'spec-places',
  check: ({ files }) =>
    files.flatMap(({ path, text }) => {
      if (/\.test\.ts$|(^|\/)__tests__\//.test(path)) return [{ path, line: 0, what: 'tests are called *.spec.ts' }];
      const tests = /from '@jest\/globals'/.test(text);
      return tests && !isTest(path) ? [{ path, line: 0, what: 'imports jest but is no *.spec.ts' }] : [];
    }),
};

/** libs/NAME/src/index.ts and nothing beside src: what lies elsewhere is built by nobody. */
export const libShape: TidyRule = {
  name: 'lib-shape',
  check: (tree) => {
    const libs = new Set(
      tree.files.map(({ path }) => /^libs\/([^/]+)\//.exec(path)?.[1]).filter((lib) => lib !== undefined),
    );
    const strays = tree.files.filter(({ path }) => path.startsWith('libs/') && !/^libs\/[^/]+\/src\//.test(path));
    return [
      ...strays.map(({ path }) => ({ path, line: 0, what: 'belongs in src' })),
      ...[...libs]
        .filter((lib) => !tree.find(`libs/${lib}/src/index.ts`))
        .map((lib) => ({ path: `libs/${lib}`, line: 0, what: 'has no front door src/index.ts' })),
      ...[...libs].flatMap((lib) => {
        const door = tree.find(`libs/${lib}/src/index.ts`);
        return door && !door.text.startsWith('/**')
          ? [{ path: door.path, line: 1, what: 'say at its head what the library is and is not' }]
          : [];
      }),
    ];
  },
};
