import { StatusError } from '#apimachinery';
import { sendBody } from '../answer.js';
import { type Documents, sendDocument } from '../documents.js';
import type { Exchange } from '../exchange.js';
import type { VersionInfo } from '../version.js';
import { GNOSTIC_ASKED, GNOSTIC_TYPE, gnosticDocument } from './gnostic.js';
import { openApiV2 } from './v2.js';
import { openApiV3, openApiV3Hash, openApiV3Index } from './v3.js';

const JSON_TYPE = 'application/json';

/** A document whose URL names its hash never changes. Models kube-openapi's handler3 (1.36). */
const FOREVER = { 'cache-control': 'public, immutable, max-age=31536000' };

/** What a client that asks for `/openapi/v2` can read: JSON unless it insists on gnostic's protocol buffer. */
function wantsGnostic(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  const types = accept.split(',').map((one) => one.split(';')[0]!.trim());
  if (types.includes(GNOSTIC_ASKED) || types.includes(GNOSTIC_TYPE)) return true;
  if (types.some((type) => type === '' || type === '*/*' || type === 'application/*' || type === JSON_TYPE))
    return false;
  throw StatusError.notAcceptable([JSON_TYPE, GNOSTIC_TYPE]);
}

/** `/openapi/v2`, `/openapi/v3` and below. The caller has authorized the path. */
export async function serveOpenApi(
  x: Exchange,
  segments: readonly string[],
  documents: Documents,
  version: VersionInfo,
): Promise<void> {
  const [, edition, ...rest] = segments;
  if (edition === 'v2' && rest.length === 0) return serveV2(x, documents, version);
  if (edition !== 'v3') throw StatusError.noSuchPath();
  if (rest.length === 0) {
    const index = await openApiV3Index(x.kinds);
    return sendDocument(x, await documents.get(x.kinds.version, 'openapi/v3', JSON_TYPE, () => index));
  }
  return serveV3(x, rest, documents, version);
}

async function serveV2(x: Exchange, documents: Documents, version: VersionInfo): Promise<void> {
  if (wantsGnostic(x.request.headers.accept)) {
    const make = async () => gnosticDocument(await openApiV2(x.kinds, version));
    return sendDocument(x, await documents.get(x.kinds.version, 'openapi/v2/gnostic', GNOSTIC_TYPE, make));
  }
  const make = async () => JSON.stringify(await openApiV2(x.kinds, version));
  return sendDocument(x, await documents.get(x.kinds.version, 'openapi/v2/json', JSON_TYPE, make));
}

/** /openapi/v3/api/v1, /openapi/v3/apis/apps/v1. */
async function serveV3(x: Exchange, rest: readonly string[], documents: Documents, info: VersionInfo): Promise<void> {
  const core = rest[0] === 'api' && rest.length === 2;
  if (!core && !(rest[0] === 'apis' && rest.length === 3)) throw StatusError.noSuchPath();
  const group = core ? '' : rest[1]!;
  const version = rest.at(-1)!;
  if (x.kinds.ofGroupVersion({ group, version }).length === 0) throw StatusError.noSuchPath();
  const hash = await openApiV3Hash(x.kinds, group, version);
  const asked = x.query.text('hash');
  if (asked !== undefined && asked !== hash) {
    const location = `${x.base}${x.path}?hash=${hash}`;
    return sendBody(x, 301, '', JSON_TYPE, { etag: JSON.stringify(hash), vary: 'Accept', location });
  }
  const document = await documents.get(
    x.kinds.versionOf({ group, version }),
    `openapi/v3/${group}/${version}`,
    JSON_TYPE,
    () => openApiV3(x.kinds, group, version, info) as Promise<string>,
  );
  return sendDocument(x, { ...document, etag: hash }, asked === hash ? FOREVER : {});
}
