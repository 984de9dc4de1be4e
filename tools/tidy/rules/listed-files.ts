import type { SourceTree, TidyRule } from '../source-tree.js';

/** One file, one row: which list each suffix has its rows in. */
const LISTS: Readonly<Record<string, string>> = {
  kind: 'kinds.ts',
  controller: 'controllers.ts',
  plugin: 'plugins.ts',
  admission: 'plugins.ts',
  image: 'images.ts',
  command: 'commands.ts',
};
const SUFFIX = new RegExp(`\\.(${Object.keys(LISTS).join('|')})\\.ts$`);

/** A kind, controller, plugin, image or command that is in no list does nothing, silently. */
export const listedFiles: TidyRule = {
  name: 'listed-files',
  check: (tree) =>
    tree.files.flatMap(({ path }) => {
      const suffix = SUFFIX.exec(path)?.[1];
      if (suffix === undefined || !path.startsWith('libs/')) return [];
      const list = LISTS[suffix]!;
      const row = `/${path.split('/').at(-1)!.replace(/\.ts$/, '.js')}'`;
      const found = listAbove(tree, path, list);
      if (!found) return [{ path, line: 0, what: `there is no ${list} above it to be listed in` }];
      return found.text.includes(row) ? [] : [{ path, line: 0, what: `has no row in ${found.path}` }];
    }),
};

function listAbove(tree: SourceTree, path: string, list: string) {
  const parts = path.split('/');
  for (let depth = parts.length - 1; depth > 1; depth--) {
    const found = tree.find([...parts.slice(0, depth), list].join('/'));
    if (found) return found;
  }
  return undefined;
}
