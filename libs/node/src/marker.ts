import type { Node } from '#kinds';

/**
 * A node with this annotation set to 'true' has a simulated kubelet. Without it nobody runs there: a Node that is merely
 * created stays unknown to the cluster, as in reality.
 */
export const SIMULATED_ANNOTATION = 'sandkube.dev/simulated';

/** The address a node was set up with. Models cloud-provider api.AnnotationAlphaProvidedIPAddr (1.36). */
export const NODE_IP_ANNOTATION = 'alpha.kubernetes.io/provided-node-ip';

export function isSimulated(node: Node): boolean {
  return node.metadata.annotations?.[SIMULATED_ANNOTATION] === 'true';
}
