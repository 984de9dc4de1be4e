import { dns1123Label, dns1123Subdomain } from '#apimachinery';
import type { UserInfo } from '../user.js';

/**
 * A way of acting as somebody else. `verb` asks whether the requester may be that user at all; where a mode is
 * constrained, 'impersonate-on:<name>:<verb>' asks first whether it may do the very thing as such a user. Models
 * allImpersonationModes (1.36).
 */
export interface Mode {
  readonly name: 'associated-node' | 'arbitrary-node' | 'serviceaccount' | 'user-info' | 'legacy';
  readonly verb: string;
  readonly constrained: boolean;
  /** The group of the users, groups, nodes and accounts that one may be. */
  readonly group: string;
  /** Whether one can be such a user in this way. */
  applies(wish: UserInfo, requester: UserInfo): boolean;
}

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;
const NODE_PREFIX = 'system:node:';
const NODE_NAME = 'authentication.kubernetes.io/node-name';
export const AUTHENTICATION = 'authentication.k8s.io';

/** A name that no account can have is a user's. Models serviceaccount.SplitUsername (1.36). */
export function accountOf(username: string): { namespace: string; name: string } | undefined {
  const [, namespace = '', name = ''] = SERVICE_ACCOUNT.exec(username) ?? [];
  if (namespace === '' || dns1123Label(namespace).length > 0 || dns1123Subdomain(name).length > 0) return undefined;
  return { namespace, name };
}

export function nodeOf(username: string): string | undefined {
  if (!username.startsWith(NODE_PREFIX)) return undefined;
  const name = username.slice(NODE_PREFIX.length);
  return dns1123Subdomain(name).length === 0 ? name : undefined;
}

function onlyName({ uid = '', groups, extra = {} }: UserInfo): boolean {
  return uid === '' && groups.length === 0 && Object.keys(extra).length === 0;
}

/** The account of a pod that runs on that node. */
function isOn(node: string, { username, extra = {} }: UserInfo): boolean {
  const names = Object.hasOwn(extra, NODE_NAME) ? extra[NODE_NAME]! : [];
  return accountOf(username) !== undefined && names.length === 1 && names[0] === node;
}

function constrained(name: Exclude<Mode['name'], 'legacy'>, applies: Mode['applies']): Mode {
  return { name, verb: `impersonate:${name}`, constrained: true, group: AUTHENTICATION, applies };
}

/** In the order in which they are tried. */
export const MODES: readonly Mode[] = [
  constrained('associated-node', (wish, requester) => {
    const node = nodeOf(wish.username);
    return node !== undefined && onlyName(wish) && isOn(node, requester);
  }),
  constrained('arbitrary-node', (wish) => onlyName(wish) && nodeOf(wish.username) !== undefined),
  constrained('serviceaccount', (wish) => onlyName(wish) && accountOf(wish.username) !== undefined),
  constrained('user-info', ({ username }) => nodeOf(username) === undefined && accountOf(username) === undefined),
  { name: 'legacy', verb: 'impersonate', constrained: false, group: '', applies: () => true },
];
