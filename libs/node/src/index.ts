/** node: simulated kubelets, runtimes and node services. */
export {};
