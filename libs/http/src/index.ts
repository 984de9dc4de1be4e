/** http: the Kubernetes REST surface over the registry's verbs: routes, content types, discovery, OpenAPI, watch streams. */
export { createFrontDoor, type FrontDoor } from './front-door.js';
export { type FrontDoorOptions, IN_FLIGHT_MAX, type Mount, WATCHES_MAX } from './door.js';
export { HttpModule } from './http.module.js';
export { MODELLED_VERSION, type VersionInfo } from './version.js';
