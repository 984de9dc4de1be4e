/** http: the Kubernetes REST surface over the registry's verbs: routes, content types, discovery, OpenAPI, watch streams. */
export {};
