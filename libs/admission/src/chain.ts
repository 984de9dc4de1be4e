import { chosenPlugins, type PluginChoice } from './choice.js';
import { Reinvocation } from './reinvocation.js';
import type { AdmissionPlugin, AdmissionReads, AdmissionRequest } from './plugin.js';

/** All plugins in their order. Both fail with the first refusal. */
export interface AdmissionChain {
  /** May change `request.object`. */
  mutate(request: AdmissionRequest, reads: AdmissionReads): Promise<void>;
  /** Sees the object as it would be stored. */
  validate(request: AdmissionRequest, reads: AdmissionReads): Promise<void>;
}

interface Phases {
  readonly mutating: readonly AdmissionPlugin[];
  readonly validating: readonly AdmissionPlugin[];
}

function phasesOf(plugins: readonly AdmissionPlugin[]): Phases {
  return {
    mutating: plugins.filter((plugin) => plugin.mutate),
    validating: plugins.filter((plugin) => plugin.validate),
  };
}

/**
 * Runs those of `plugins` that the cluster has on, in the order given. A plugin without the asked hook, or that does not
 * handle the request, costs nothing.
 */
export function admissionChain(plugins: readonly AdmissionPlugin[]): AdmissionChain {
  const byDefault = phasesOf(chosenPlugins(plugins));
  const byChoice = new WeakMap<PluginChoice, Phases>();
  const phasesFor = ({ choice }: AdmissionReads): Phases => {
    if (!choice) return byDefault;
    let phases = byChoice.get(choice);
    if (!phases) byChoice.set(choice, (phases = phasesOf(chosenPlugins(plugins, choice))));
    return phases;
  };
  return {
    async mutate(request, reads) {
      const plugins = phasesFor(reads).mutating;
      const round = new Reinvocation();
      await mutateWith(plugins, request, reads, round);
      // Once, as upstream: what keeps changing the object after that has it as it is.
      if (round.wanted) await mutateWith(plugins, request, reads, round.again());
    },
    async validate(request, reads) {
      for (const plugin of phasesFor(reads).validating) {
        if (!plugin.handles(request)) continue;
        const under = plugin.validate?.(request, reads);
        if (under) await under;
      }
    },
  };
}

async function mutateWith(
  plugins: readonly AdmissionPlugin[],
  request: AdmissionRequest,
  reads: AdmissionReads,
  round: Reinvocation,
): Promise<void> {
  for (const plugin of plugins) {
    if (!plugin.handles(request)) continue;
    const under = plugin.mutate?.(request, reads, round);
    if (under) await under;
  }
}
