import type { AdmissionPlugin, AdmissionReads, AdmissionRequest } from './plugin.js';

/** All plugins in their order. Both fail with the first refusal. */
export interface AdmissionChain {
  /** May change `request.object`. */
  mutate(request: AdmissionRequest, reads: AdmissionReads): Promise<void>;
  /** Sees the object as it would be stored. */
  validate(request: AdmissionRequest, reads: AdmissionReads): Promise<void>;
}

/** Runs `plugins` in the order given. A plugin without the asked hook, or that does not handle the request, costs nothing. */
export function admissionChain(plugins: readonly AdmissionPlugin[]): AdmissionChain {
  const mutating = plugins.filter((plugin) => plugin.mutate);
  const validating = plugins.filter((plugin) => plugin.validate);
  return {
    async mutate(request, reads) {
      for (const plugin of mutating) {
        if (!plugin.handles(request)) continue;
        const under = plugin.mutate?.(request, reads);
        if (under) await under;
      }
    },
    async validate(request, reads) {
      for (const plugin of validating) {
        if (!plugin.handles(request)) continue;
        const under = plugin.validate?.(request, reads);
        if (under) await under;
      }
    },
  };
}
