import { describe, expect, it } from '@jest/globals';
import { ImageRefError, parseImageRef } from './image-ref.js';
import { imageModelOf } from './images.js';
import { pullFailure } from './registry-model.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('parseImageRef', () => {
  it.each([
    ['nginx', 'docker.io/library/nginx:latest'],
    ['nginx:1.29', 'docker.io/library/nginx:1.29'],
    ['bitnami/redis', 'docker.io/bitnami/redis:latest'],
    ['index.docker.io/library/nginx', 'docker.io/library/nginx:latest'],
    ['localhost:5000/app', 'localhost:5000/app:latest'],
    ['registry.k8s.io/pause:3.10', 'registry.k8s.io/pause:3.10'],
    [`nginx@${DIGEST}`, `docker.io/library/nginx@${DIGEST}`],
  ])('%s', (image, full) => {
    expect(parseImageRef(image).full).toBe(full);
  });

  it.each([
    ['', 'couldn\'t parse image name "": invalid reference format'],
    [
      'NGINX',
      'couldn\'t parse image name "NGINX": invalid reference format: repository name (library/NGINX) must be lowercase',
    ],
    ['nginx:', 'couldn\'t parse image name "nginx:": invalid reference format'],
    ['a b', 'couldn\'t parse image name "a b": invalid reference format'],
    ['nginx@sha256:12', 'couldn\'t parse image name "nginx@sha256:12": invalid reference format'],
  ])('refuses %j', (image, message) => {
    expect(() => parseImageRef(image)).toThrow(new ImageRefError(message));
  });
});

describe('what stands for an image', () => {
  it.each([
    ['nginx:1.29-alpine', 72_319_182],
    ['docker.io/library/redis', 49_862_131],
    ['my.registry/team/nginx', 60_000_000],
    ['constructor', 60_000_000],
  ])('%s', (image, sizeBytes) => {
    expect(imageModelOf(parseImageRef(image)).sizeBytes).toBe(sizeBytes);
  });
});

describe('pullFailure', () => {
  it.each([
    ['nginx', undefined],
    ['nginx:does-not-exist', 'docker.io/library/nginx:does-not-exist: not found'],
    ['nginx:99.99.99', 'docker.io/library/nginx:99.99.99: not found'],
    ['nonexistent/app', 'pull access denied, repository does not exist or may require authorization'],
    ['registry.invalid/app', 'dial tcp: lookup registry.invalid: no such host'],
  ])('%s', (image, text) => {
    const failure = pullFailure(parseImageRef(image));
    if (text === undefined) expect(failure).toBeUndefined();
    else expect(failure).toContain(text);
  });
});
