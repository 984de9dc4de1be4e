import type { TidyRule } from '../source-tree.js';

const LINES_MAX = 600;
const LINES_WITHOUT_REASON_MAX = 400;
/** '// length: one table of upstream's messages' */
const REASON = /^\/\/ length: \S.{9,}$/;

/** Median 120 lines; over 400 wants a reason, over 600 a split. */
export const fileLength: TidyRule = {
  name: 'file-length',
  check: ({ files }) =>
    files.flatMap(({ path, lines }) => {
      const count = lines.length - 1;
      if (count > LINES_MAX) return [{ path, line: 0, what: `${count} lines: split it (${LINES_MAX} at most)` }];
      if (count <= LINES_WITHOUT_REASON_MAX || lines.some((line) => REASON.test(line))) return [];
      return [{ path, line: 0, what: `${count} lines: split it, or say why in a line "// length: …"` }];
    }),
};
