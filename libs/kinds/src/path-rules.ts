import { type FieldError, fieldError } from '#apimachinery';

/** Rules of paths inside volumes and images, which must not lead out of them. */

/** Models validatePathNoBacksteps (1.36). */
export function checkNoBacksteps(errors: FieldError[], field: string, path: string): void {
  if (hasBackstep(path)) errors.push(fieldError.invalid(field, path, "must not contain '..'"));
}

export function hasBackstep(path: string): boolean {
  return path.includes('..') && path.split('/').includes('..');
}

/** Models validateLocalDescendingPath (1.36). */
export function checkDescendingPath(errors: FieldError[], field: string, path: string): void {
  if (path.startsWith('/')) errors.push(fieldError.invalid(field, path, 'must be a relative path'));
  checkNoBacksteps(errors, field, path);
}

/** The same, and not of the names that atomic writers use for themselves. Models ValidateLocalNonReservedPath (1.36). */
export function checkLocalPath(errors: FieldError[], field: string, path: string): void {
  checkDescendingPath(errors, field, path);
  if (path.startsWith('..') && !path.startsWith('../')) {
    errors.push(fieldError.invalid(field, path, "must not start with '..'"));
  }
}

const FILE_MODE_MAX = 0o777;

export function checkFileMode(errors: FieldError[], field: string, mode: number | undefined): void {
  if (mode !== undefined && (mode < 0 || mode > FILE_MODE_MAX)) {
    errors.push(fieldError.invalid(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive'));
  }
}
