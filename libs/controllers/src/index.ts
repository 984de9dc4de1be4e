/** controllers: one file and one row per controller of kube-controller-manager. */
export {};
