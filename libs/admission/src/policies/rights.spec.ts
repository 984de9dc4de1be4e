import { describe, expect, it } from '@jest/globals';
import type { CelAuthorizationQuery, CelDecide } from '#cel';
import type { AdmissionReads } from '../plugin.js';
import { withRights } from './rights.js';

const JANE = { name: 'jane', groups: ['dev'] };
const query = (verb: string, more: Partial<CelAuthorizationQuery> = {}): CelAuthorizationQuery => ({
  user: JANE,
  verb,
  resource: 'pods',
  namespace: 'default',
  ...more,
});

/** Jane may get pods; everything else is counted and refused. */
function readsWith(asked: unknown[]): AdmissionReads {
  const authorize: AdmissionReads['authorize'] = async (user, attributes) => {
    asked.push({ user, attributes });
    if (attributes.verb === 'break') throw new Error('broken');
    return { allowed: attributes.verb === 'get', reason: 'said so' };
  };
  return { authorize } as AdmissionReads;
}

describe('withRights', () => {
  it('evaluates again until every question has its answer', async () => {
    const asked: unknown[] = [];
    let evaluations = 0;
    const evaluate = (decide: CelDecide) => {
      evaluations++;
      return decide(query('get')).allowed && !decide(query('delete')).allowed;
    };
    expect(await withRights(readsWith(asked), evaluate)).toBe(true);
    expect(evaluations).toBe(3);
    expect(asked).toHaveLength(2);
    expect(asked[0]).toEqual({
      user: { username: 'jane', groups: ['dev'] },
      attributes: {
        kind: 'resource',
        verb: 'get',
        group: '',
        version: '*',
        resource: 'pods',
        subresource: '',
        namespace: 'default',
        name: '',
      },
    });
  });

  it('asks nobody when nothing is asked', async () => {
    const asked: unknown[] = [];
    expect(await withRights(readsWith(asked), () => 7)).toBe(7);
    expect(asked).toEqual([]);
  });

  it('passes failures on', async () => {
    const decision = await withRights(readsWith([]), (decide) => decide(query('break')));
    expect(decision).toEqual({ allowed: false, error: 'broken' });
  });

  it('answers so many questions and denies the rest', async () => {
    const asked: unknown[] = [];
    const count = await withRights(readsWith(asked), (decide) => {
      let allowed = 0;
      for (let i = 0; i < 1000; i++) if (decide(query('get', { name: `n${i}` })).allowed) allowed++;
      return allowed;
    });
    expect(count).toBe(64);
    expect(asked).toHaveLength(64);
  });
});
