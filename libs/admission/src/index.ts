/** admission: what may enter a cluster and how it is completed. plugins.ts lists the chain; its order is the order. */
export { type AdmissionChain, admissionChain } from './chain.js';
export { chosenPlugins, type PluginChoice } from './choice.js';
export { ConfigurationView } from './dynamic/configuration-view.js';
export type { AdmissionPlugin, AdmissionReads, AdmissionRequest, Operation } from './plugin.js';
export { plugins } from './plugins.js';
export { refusal } from './refusal.js';
export { mayForSigner } from './signer-rights.js';
