import type { Json } from '#apimachinery';

/**
 * Optional fields whose Go type is a struct, not a pointer to one: never absent in a Go object, however empty. So whoever
 * fills in the strategy of a Deployment owns what is in it, not the strategy itself. By the last three words of the
 * definition's name; required ones need no entry, nor do metadata, spec and status. Models the types of k8s.io/api (1.36).
 */
const STRUCT_FIELDS: Readonly<Record<string, readonly string[]>> = {
  'apiextensions.v1.CustomResourceDefinitionStatus': ['acceptedNames'],
  'apps.v1.DaemonSetSpec': ['updateStrategy'],
  'apps.v1.DeploymentSpec': ['strategy'],
  'apps.v1.ReplicaSetSpec': ['template'],
  'apps.v1.StatefulSetSpec': ['updateStrategy'],
  'core.v1.Container': ['resources'],
  'core.v1.ContainerStatus': ['lastState', 'state'],
  'core.v1.EphemeralContainer': ['resources'],
  'core.v1.Event': ['source'],
  'core.v1.NodeDaemonEndpoints': ['kubeletEndpoint'],
  'core.v1.NodeStatus': ['daemonEndpoints', 'nodeInfo'],
  'core.v1.PersistentVolumeClaimSpec': ['resources'],
  'core.v1.PodTemplate': ['template'],
  'core.v1.ServiceStatus': ['loadBalancer'],
  'discovery.v1.Endpoint': ['conditions'],
  'events.v1.Event': ['deprecatedSource', 'regarding'],
  'flowcontrol.v1.LimitedPriorityLevelConfiguration': ['limitResponse'],
  'networking.v1.IngressServiceBackend': ['port'],
  'networking.v1.IngressStatus': ['loadBalancer'],
  'networking.v1.NetworkPolicySpec': ['podSelector'],
  'resource.v1.AllocationResult': ['devices'],
  'resource.v1.ResourceClaimSpec': ['devices'],
};

const ALWAYS = ['metadata', 'spec', 'status'];

/** What Go's struct `definition` has in a field of such a shape that JSON leaves out; undefined: nothing, as it is a pointer or omitted. */
export function goZeroOf(definition: string, field: string, type: string, required: boolean): Json | undefined {
  if (type === 'struct') {
    const listed = STRUCT_FIELDS[definition.split('.').slice(-3).join('.')]?.includes(field) ?? false;
    return required || listed || ALWAYS.includes(field) ? {} : undefined;
  }
  if (!required) return undefined;
  switch (type) {
    case 'list':
    case 'map':
      return null;
    case 'string':
      return '';
    case 'int32':
    case 'int64':
    case 'double':
      return 0;
    case 'boolean':
      return false;
    default:
      return undefined;
  }
}
