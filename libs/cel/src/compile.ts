import type { CelCompilation, CelEnvironment } from './program.js';

/** Parses and checks an expression. */
export function compileCel(_source: string, _environment: CelEnvironment): CelCompilation {
  const error = 'ERROR: <input>:1:1: expressions are not evaluated yet';
  return { error, detail: `compilation failed: ${error}` };
}
