import { describe, expect, it } from '@jest/globals';
import { admissionChain } from './chain.js';
import type { PluginChoice } from './choice.js';
import type { AdmissionPlugin, AdmissionReads, AdmissionRequest } from './plugin.js';

const seen: string[] = [];
const plugin = (name: string, defaultOff = false): AdmissionPlugin => ({
  name,
  defaultOff,
  handles: () => true,
  mutate: () => void seen.push(`mutate ${name}`),
  validate: () => void seen.push(`validate ${name}`),
});

describe('admissionChain', () => {
  it.each<[string, PluginChoice | undefined, string[]]>([
    ['the default set', undefined, ['A', 'C']],
    ['one that is turned on, in its place', { enable: ['B'] }, ['A', 'B', 'C']],
    ['none that is turned off', { disable: ['A'] }, ['C']],
    ['none that is turned on and off', { enable: ['B'], disable: ['B'] }, ['A', 'C']],
    ['nothing for a name that it does not know', { enable: ['X'] }, ['A', 'C']],
  ])('runs %s', async (_what, choice, names) => {
    const chain = admissionChain([plugin('A'), plugin('B', true), plugin('C')]);
    const reads = { choice } as AdmissionReads;
    seen.length = 0;
    await chain.mutate({} as AdmissionRequest, reads);
    await chain.validate({} as AdmissionRequest, reads);
    expect(seen).toEqual([...names.map((name) => `mutate ${name}`), ...names.map((name) => `validate ${name}`)]);
  });
});
