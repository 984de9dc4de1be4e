import { isReason } from '#apimachinery';
import { authorize } from '../authorization.js';
import type { Parts } from '../parts.js';
import { convertStored } from '../conversion/stored-conversion.js';
import { foundOf } from '../read/found.js';
import { pageOf } from '../read/list.js';
import { selectionOf } from '../read/selection.js';
import type { DeleteRequest, FoundList, ListRequest, RequestContext, Target } from '../request.js';
import { removeOne } from './delete.js';

/** Deletions in flight at once: enough to share the store's group commits, few enough to leave room for others. */
const AT_ONCE = 50;

/** Deletes what the selectors match, one by one; what vanishes meanwhile is no failure. Answers what was found. */
export async function deleteCollection(
  parts: Parts,
  ctx: RequestContext,
  target: Target,
  request: DeleteRequest & ListRequest,
): Promise<FoundList> {
  const selection = selectionOf(target.kind, request);
  await authorize(ctx, parts.authorizerOf(ctx.env.id), 'deletecollection', target, selection.name, selection.fields);
  const { page } = await pageOf(parts, ctx, target, request, selection);
  for (let from = 0; from < page.items.length; from += AT_ONCE) {
    const batch = page.items.slice(from, from + AT_ONCE);
    await Promise.all(
      batch.map(async ({ key }) => {
        const [, namespace = '', name = ''] = key.split('/');
        try {
          await removeOne(parts, ctx, { kind: target.kind, namespace, name }, { ...request, inCollection: true });
        } catch (error) {
          if (!isReason(error, 'NotFound')) throw error;
        }
      }),
    );
  }
  if (target.kind.conversion) await convertStored(parts, ctx.env.id, target.kind, page.items);
  return {
    resourceVersion: String(page.revision),
    items: page.items.map((stored) => foundOf(parts, ctx.env.id, target.kind, stored)),
  };
}
