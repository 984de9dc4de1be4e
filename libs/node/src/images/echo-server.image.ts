import { type ImageModel, serve } from './image.js';

/** Small servers of tutorials that listen on 8080 and stop when asked to. */
export const echoServer: ImageModel = {
  names: [
    'registry.k8s.io/echoserver',
    'registry.k8s.io/e2e-test-images/agnhost',
    'registry.k8s.io/e2e-test-images/echoserver',
    'gcr.io/google-samples/hello-app',
    'hashicorp/http-echo',
    'traefik/whoami',
  ],
  sizeBytes: 50_901_324,
  entrypoint: ['/server'],
  cmd: [],
  run: (_context, argv) =>
    argv[0] === '/server'
      ? serve({ ports: [80, 5678, 8080], readyAfterMs: 50, onStop: { afterMs: 50, code: 0 } })
      : undefined,
};
