import { describe, expect, it } from '@jest/globals';
import { StatusError } from '#apimachinery';
import { danglingCondition, type FlowSchema } from '#kinds';
import { reconcile } from './flow-schema-status.controller.js';

const NOW = '2026-01-01T00:00:00Z';
const KEY = { namespace: '', name: 'mine' };

function aSchema(level: string, ...conditions: object[]): FlowSchema {
  return {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'FlowSchema',
    metadata: { name: 'mine' },
    spec: { matchingPrecedence: 500, priorityLevelConfiguration: { name: level } },
    ...(conditions.length > 0 ? { status: { conditions: conditions as [] } } : {}),
  };
}

async function conditionsAfter(schema: FlowSchema, levels: readonly string[], failure?: Error) {
  let written: unknown;
  await reconcile(
    {
      schema: () => schema,
      hasLevel: (name) => levels.includes(name),
      nowMs: () => Date.parse(NOW),
      writeStatus: async ({ status }) => {
        if (failure) throw failure;
        written = status?.conditions;
      },
    },
    KEY,
  );
  return written;
}

describe('flow-schema-status', () => {
  const about = 'This FlowSchema references the PriorityLevelConfiguration object named "low"';
  const found = { type: 'Dangling', status: 'False', reason: 'Found', message: `${about} and it exists` };
  const missing = {
    type: 'Dangling',
    status: 'True',
    reason: 'NotFound',
    message: `${about} but there is no such object`,
  };

  it.each([
    ['that its level is there', aSchema('low'), ['low'], [{ ...found, lastTransitionTime: NOW }]],
    ['that it is not', aSchema('low'), ['other'], [{ ...missing, lastTransitionTime: NOW }]],
    [
      'that it has come, besides what others say',
      aSchema('low', missing, { type: 'Mine', status: 'True' }),
      ['low'],
      [
        { type: 'Mine', status: 'True' },
        { ...found, lastTransitionTime: NOW },
      ],
    ],
    ['nothing twice', aSchema('low', { ...found, lastTransitionTime: '2025-01-01T00:00:00Z' }), ['low'], undefined],
  ])('says %s', async (_what, schema, levels, conditions) => {
    expect(await conditionsAfter(schema, levels)).toEqual(conditions);
  });

  it('takes the mandatory levels for there', async () => {
    expect(await conditionsAfter(aSchema('exempt'), [])).toEqual([danglingCondition(aSchema('exempt'), true, NOW)]);
  });

  it('leaves what was changed meanwhile to its next key', async () => {
    const conflict = StatusError.conflict({ group: '', resource: 'flowschemas' }, 'mine', 'changed');
    await expect(conditionsAfter(aSchema('low'), [], conflict)).resolves.toBeUndefined();
    await expect(conditionsAfter(aSchema('low'), [], new Error('down'))).rejects.toThrow('down');
  });
});
