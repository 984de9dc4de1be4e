import type { UserInfo } from '#auth';
import { StatusError } from '#apimachinery';

const EXTRA_PREFIX = 'impersonate-extra-';

/**
 * Whom the caller wants to be; undefined: nobody else. Read from the raw headers: Node joins repeated ones with commas, and a
 * group's name may hold a comma. Of a repeated name or uid the first counts. Groups without a user are the client's mistake:
 * 400. Models processImpersonationHeaders (1.36).
 */
export function impersonationOf(rawHeaders: readonly string[]): UserInfo | undefined {
  let named: string | undefined;
  let identified: string | undefined;
  const groups: string[] = [];
  const extra = new Map<string, string[]>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    if (!name.startsWith('impersonate-')) continue;
    const value = utf8(rawHeaders[i + 1]!);
    if (name === 'impersonate-user') named ??= value;
    else if (name === 'impersonate-uid') identified ??= value;
    else if (name === 'impersonate-group') groups.push(value);
    else if (name.startsWith(EXTRA_PREFIX)) {
      const key = unescaped(name.slice(EXTRA_PREFIX.length));
      const values = extra.get(key);
      if (values) values.push(value);
      else extra.set(key, [value]);
    }
  }
  const [username = '', uid = ''] = [named, identified];
  if (username === '') {
    if (groups.length === 0 && extra.size === 0 && uid === '') return undefined;
    throw StatusError.badRequest(`requested ${asGo(uid, groups, extra)} without impersonating a user name`);
  }
  return {
    username,
    groups,
    ...(uid === '' ? {} : { uid }),
    ...(extra.size === 0 ? {} : { extra: Object.fromEntries(extra) }),
  };
}

/** Node reads header bytes as Latin-1; Kubernetes' names are UTF-8. */
function utf8(value: string): string {
  return /[\u0080-\u00ff]/.test(value) ? Buffer.from(value, 'latin1').toString('utf8') : value;
}

/** A key that is not well escaped stays as it came. Models unescapeExtraKey (1.36). */
function unescaped(key: string): string {
  if (!key.includes('%')) return key;
  if (/%(?![0-9a-f]{2})/.test(key)) return key;
  const bytes = key.replace(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** The %#v of a user.DefaultInfo without a name. */
function asGo(uid: string, groups: readonly string[], extra: ReadonlyMap<string, readonly string[]>): string {
  const quoted = (text: string) => JSON.stringify(text);
  const list = (items: readonly string[]) => `[]string{${items.map(quoted).join(', ')}}`;
  const entries = [...extra]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, values]) => `${quoted(key)}:${list(values)}`);
  return (
    `&user.DefaultInfo{Name:"", UID:${quoted(uid)}, Groups:${groups.length > 0 ? list(groups) : '[]string(nil)'}, ` +
    `Extra:map[string][]string${extra.size > 0 ? `{${entries.join(', ')}}` : '(nil)'}}`
  );
}
