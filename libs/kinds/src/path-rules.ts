import { dns1123Subdomain, type FieldError, fieldError } from '#apimachinery';

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

/** A name that stands as one segment of a path; colons are fine ('system:node'). Models path.ValidatePathSegmentName (1.36). */
export function pathSegmentName(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);
}

const HTTP_PATH_FORM = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
const HTTP_PATH = new RegExp(`^${HTTP_PATH_FORM}$`);

/** 'example.com/path'. Models IsDomainPrefixedPath (1.36). */
export function checkDomainPrefixedPath(errors: FieldError[], field: string, text: string): void {
  const slash = text.indexOf('/');
  if (text === '') errors.push(fieldError.required(field));
  else if (slash <= 0 || slash === text.length - 1) {
    errors.push(fieldError.invalid(field, text, 'must be a domain-prefixed path (such as "acme.io/foo")'));
  } else {
    const [host, path] = [text.slice(0, slash), text.slice(slash + 1)];
    for (const why of dns1123Subdomain(host)) errors.push(fieldError.invalid(field, host, why));
    if (!HTTP_PATH.test(path)) {
      errors.push(fieldError.invalid(field, path, `Invalid path (regex used for validation is '${HTTP_PATH_FORM}')`));
    }
  }
}
