import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { rules } from './rules.js';
import { type Finding, readTree } from './source-tree.js';

const shown = ({ path, line, what }: Finding) => `${path}${line === 0 ? '' : `:${line}`}: ${what}`;

describe('the repository is tidy', () => {
  const tree = readTree(join(import.meta.dirname, '../..'));

  it('was read', () => expect(tree.files.length).toBeGreaterThan(100));

  it.each(rules.map((rule) => [rule.name, rule] as const))('%s', (_name, rule) => {
    expect(rule.check(tree).map(shown)).toEqual([]);
  });
});
