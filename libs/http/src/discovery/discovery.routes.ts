import { StatusError } from '#apimachinery';
import { type Documents, sendDocument } from '../documents.js';
import { sendJson } from '../answer.js';
import type { Exchange } from '../exchange.js';
import { type Accepted, Negotiator } from '../media-type.js';
import { aggregatedDiscovery } from './aggregated.js';
import { apiGroupList, apiVersions, oneApiGroup } from './groups.js';
import { apiResourceList } from './resources.js';

const AGGREGATED_GROUP = 'apidiscovery.k8s.io';
const aggregatedNegotiator = new Negotiator(
  new Set(['v2', 'v2beta1'].map((version) => `${AGGREGATED_GROUP}/${version}/APIGroupDiscoveryList`)),
);
const plainNegotiator = new Negotiator(new Set());

/** `/api`, `/apis` and what is below them, except resources. The caller has authorized the path. */
export async function serveDiscovery(
  x: Exchange,
  segments: readonly string[],
  documents: Documents,
  serverAddress: string,
): Promise<void> {
  const [root, ...rest] = segments;
  const accept = x.request.headers.accept;
  if (rest.length === 0) {
    const accepted = aggregatedNegotiator.choose(accept);
    if (accepted.as !== '') return sendAggregated(x, root === 'api' ? 'api' : 'apis', accepted, documents);
    const document = root === 'api' ? apiVersions(x.kinds, serverAddress) : apiGroupList(x.kinds);
    return sendJson(x, 200, JSON.stringify(document), accepted.format);
  }
  const accepted = plainNegotiator.choose(accept);
  const document = belowRoot(x, root === 'api', rest);
  if (document === undefined) throw StatusError.noSuchPath();
  return sendJson(x, 200, JSON.stringify(document), accepted.format);
}

function belowRoot(x: Exchange, core: boolean, rest: readonly string[]): object | undefined {
  const [first, second] = rest;
  if (core) return apiResourceList(x.kinds, '', first!);
  return second === undefined ? oneApiGroup(x.kinds, first!) : apiResourceList(x.kinds, first!, second);
}

async function sendAggregated(
  x: Exchange,
  root: 'api' | 'apis',
  accepted: Accepted,
  documents: Documents,
): Promise<void> {
  const { as, group, version } = accepted;
  const contentType = `application/json;g=${group};v=${version};as=${as}`;
  const document = await documents.get(x.kinds.version, `discovery/${root}/${version}`, contentType, () =>
    JSON.stringify(aggregatedDiscovery(x.kinds, root, version)),
  );
  return sendDocument(x, document);
}
