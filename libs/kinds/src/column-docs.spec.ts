import { describe, expect, it } from '@jest/globals';
import { groupResourceName } from '#apimachinery';
import columns from '../facts/columns.json' with { type: 'json' };
import { builtInKinds } from './kinds.js';

const upstream = Object.entries(columns).filter(([resource]) => resource !== '*');

describe('columns', () => {
  it.each(upstream)('of %s are those that upstream prints, with their texts', (resource, texts) => {
    const kinds = builtInKinds.all.filter((kind) => groupResourceName(kind.group, kind.resource) === resource);
    expect(kinds.length).toBeGreaterThan(0);
    for (const kind of kinds) {
      const own = kind.columns.filter(({ name }) => !['Name', 'Age'].includes(name));
      expect(own.map(({ name }) => name).toSorted()).toEqual(Object.keys(texts).toSorted());
      const silent = own.filter(({ name, description }) => description === '' && Reflect.get(texts, name) !== '');
      expect(silent).toEqual([]);
    }
  });
});
