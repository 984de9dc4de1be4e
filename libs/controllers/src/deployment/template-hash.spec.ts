import { describe, expect, it } from '@jest/globals';
import type { PodTemplateSpec } from '#kinds';
import { newSetAnnotations, nextRevision, REVISION } from './revisions.js';
import { sameTemplate, templateHash } from './template-hash.js';

const template = (image: string, labels: Record<string, string> = { app: 'web' }): PodTemplateSpec => ({
  metadata: { labels },
  spec: { containers: [{ name: 'c', image }] },
});

describe('templateHash', () => {
  it('is the same for the same template, whatever the order of its keys', () => {
    const turned = { spec: { containers: [{ image: 'nginx', name: 'c' }] }, metadata: { labels: { app: 'web' } } };
    expect(templateHash(turned, undefined)).toBe(templateHash(template('nginx'), undefined));
    expect(templateHash(template('nginx'), undefined)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
  });

  it('differs by template and by collision', () => {
    const hashes = [
      templateHash(template('nginx'), undefined),
      templateHash(template('nginx'), 0),
      templateHash(template('nginx'), 1),
      templateHash(template('httpd'), undefined),
      templateHash(template('nginx', { app: 'web', __proto__x: '1' }), undefined),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

describe('sameTemplate', () => {
  it.each<[string, PodTemplateSpec, PodTemplateSpec, boolean]>([
    ['equal', template('a'), template('a'), true],
    ['the hash label does not count', template('a'), template('a', { app: 'web', 'pod-template-hash': 'x' }), true],
    ['another label counts', template('a'), template('a', { app: 'web', x: 'y' }), false],
    ['another image counts', template('a'), template('b'), false],
    [
      'creationTimestamp null says nothing',
      { ...template('a'), metadata: { labels: { app: 'web' }, creationTimestamp: null as never } },
      template('a'),
      true,
    ],
    [
      'an annotation counts',
      { ...template('a'), metadata: { labels: { app: 'web' }, annotations: { a: 'b' } } },
      template('a'),
      false,
    ],
  ])('%s', (_what, a, b, same) => expect(sameTemplate(a, b)).toBe(same));
});

describe('revisions', () => {
  const set = (annotations: Record<string, string>) => ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'rs', annotations },
    spec: { selector: {} },
  });
  const d = (annotations: Record<string, string>) => ({ ...set(annotations), spec: { selector: {}, template: {} } });

  it('are one more than the highest', () => {
    expect(nextRevision([])).toBe(1);
    expect(nextRevision([set({ [REVISION]: '9' }), set({ [REVISION]: '10' }), set({ [REVISION]: 'junk' })])).toBe(11);
  });

  it('stay as history when a ReplicaSet is used again, and take the Deployment’s annotations along', () => {
    const history = 'deployment.kubernetes.io/revision-history';
    const rs = set({ [REVISION]: '3', [history]: '1', old: 'x' });
    const from = d({ why: 'undo', [REVISION]: '99', 'kubectl.kubernetes.io/last-applied-configuration': '{}' });
    expect(newSetAnnotations(from, rs, 5)).toEqual({ [REVISION]: '5', [history]: '1,3', old: 'x', why: 'undo' });
    expect(newSetAnnotations(from, rs, 2)).toEqual({ [REVISION]: '3', [history]: '1', old: 'x', why: 'undo' });
  });

  it('keep a bounded history', () => {
    const history = 'deployment.kubernetes.io/revision-history';
    const long = Array.from({ length: 900 }, (_, i) => i).join(',');
    const kept = newSetAnnotations(d({}), set({ [REVISION]: '900', [history]: long }), 901)[history]!;
    expect(kept.length).toBeLessThanOrEqual(2000);
    expect(kept.endsWith(',900')).toBe(true);
  });
});
