import type { TidyRule } from './source-tree.js';
import { fileLength } from './rules/file-length.js';
import { functionLength } from './rules/function-length.js';
import { listedFiles } from './rules/listed-files.js';
import { bannedNames, fileNames, folderNames } from './rules/names.js';
import { oneClock } from './rules/one-clock.js';
import { oneSandbox } from './rules/one-sandbox.js';
import { libShape, specPlaces } from './rules/places.js';
import { processEnv } from './rules/process-env.js';
import { todo } from './rules/todo.js';

/** What the repository checks of itself beyond types, lint and layers. */
export const rules: readonly TidyRule[] = [
  fileLength,
  functionLength,
  folderNames,
  fileNames,
  bannedNames,
  todo,
  listedFiles,
  oneClock,
  oneSandbox,
  processEnv,
  specPlaces,
  libShape,
];
