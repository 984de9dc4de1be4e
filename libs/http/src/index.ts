/**
 * http: the Kubernetes REST surface over the registry's verbs: routes, content types, discovery, OpenAPI, watch streams.
 *
 * It knows no kind by name and stores nothing: everything is derived from a cluster's catalog. Nest makes the application
 * and Fastify routes it; from there on a request is answered on the raw response. Invariants: the caller is known before
 * a body is read; every failure is a Status; a slow or vanished client costs a bounded amount; nothing that a client
 * invents becomes a metric's label.
 */
export { createFrontDoor, type FrontDoor } from './front-door.js';
export { type FrontDoorOptions, IN_FLIGHT, type Mount, WATCHES_MAX } from './door.js';
export { HttpModule } from './http.module.js';
export { MODELLED_VERSION, type VersionInfo } from './version.js';
