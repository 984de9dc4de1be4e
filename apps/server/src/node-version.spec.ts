import { describe, expect, it } from '@jest/globals';
import { nodeVersionProblem } from './node-version.js';

describe('nodeVersionProblem', () => {
  it.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0'])('accepts %s', (version) => {
    expect(nodeVersionProblem(version)).toBeUndefined();
  });
  it.each(['18.20.4', '20.18.3', '16.0.0'])('refuses %s', (version) => {
    expect(nodeVersionProblem(version)).toBe(`Node 20.19 or newer is needed, this is ${version}`);
  });
});
