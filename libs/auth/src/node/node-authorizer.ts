import type { SandboxId } from '#base';
import { groupResourceName } from '#apimachinery';
import type { Store } from '#storage';
import type { Decision } from '../credentials.js';
import { nodeRules } from '../policy/component-roles.js';
import { ruleAllows } from '../rbac/policy-rule.js';
import type { RequestAttributes, UserInfo } from '../user.js';
import { NodeGraph } from './node-graph.js';

type ResourceAttributes = Extract<RequestAttributes, { kind: 'resource' }>;

const USER_PREFIX = 'system:node:';
const GROUP = 'system:nodes';
const ALLOWED: Decision = { allowed: true, reason: '' };
const no = (reason: string): Decision => ({ allowed: false, reason });
const NODE_LEASES = 'kube-node-lease';
const OWN_VERBS = ['get', 'create', 'update', 'patch', 'delete'];

/** The node that asks; undefined for everybody else. Models nodeidentifier (1.36). */
export function nodeOf({ username, groups }: UserInfo): string | undefined {
  return username.startsWith(USER_PREFIX) && groups.includes(GROUP) ? username.slice(USER_PREFIX.length) : undefined;
}

/**
 * What kubelets may: of what belongs to single nodes only their own. Models plugin/pkg/auth/authorizer/node (1.36). A
 * refusal is no last word: RBAC may still allow it.
 */
export class NodeAuthorizer {
  private graph: NodeGraph | undefined;

  constructor(
    private readonly store: Pick<Store, 'list' | 'watch'>,
    private readonly sandbox: SandboxId,
  ) {}

  authorize(node: string, attributes: RequestAttributes): Decision | Promise<Decision> {
    if (attributes.kind === 'path') return byRules(attributes);
    if (node === '') return no(`unknown node for user "${USER_PREFIX}"`);
    switch (groupResourceName(attributes.group, attributes.resource)) {
      case 'secrets':
      case 'configmaps':
        return this.read(node, attributes);
      case 'persistentvolumeclaims':
        return attributes.subresource === 'status' ? this.updateStatus(node, attributes) : this.get(node, attributes);
      case 'persistentvolumes':
      case 'resourceclaims.resource.k8s.io':
      case 'volumeattachments.storage.k8s.io':
        return this.get(node, attributes);
      case 'serviceaccounts':
        return this.serviceAccount(node, attributes);
      case 'leases.coordination.k8s.io':
        return lease(node, attributes);
      case 'csinodes.storage.k8s.io':
        return csiNode(node, attributes);
      case 'resourceslices.resource.k8s.io':
        return this.slice(node, attributes);
      case 'nodes':
        return ofNodes(node, attributes);
      case 'pods':
        return this.pods(node, attributes);
      default:
        return byRules(attributes);
    }
  }

  close(): void {
    this.graph?.close();
  }

  private async related(node: string, attributes: ResourceAttributes): Promise<Decision> {
    const { group, resource, namespace, name } = attributes;
    if (name === '') return no('No Object name found');
    this.graph ??= new NodeGraph(this.store, this.sandbox);
    const loading = this.graph.ready();
    if (loading) await loading;
    // References of pods name claims without their group, which has only these.
    const subject = resource === 'resourceclaims' ? resource : groupResourceName(group, resource);
    if (this.graph.belongs(node, subject, namespace, name)) return ALLOWED;
    return no(`no relationship found between node '${node}' and this object`);
  }

  private get(node: string, attributes: ResourceAttributes): Decision | Promise<Decision> {
    if (attributes.verb !== 'get') return no('can only get individual resources of this type');
    if (attributes.subresource !== '') return no('cannot get subresource');
    return this.related(node, attributes);
  }

  private read(node: string, attributes: ResourceAttributes): Decision | Promise<Decision> {
    if (!['get', 'list', 'watch'].includes(attributes.verb)) return no('can only read resources of this type');
    if (attributes.subresource !== '') return no('cannot read subresource');
    if (attributes.namespace === '') return no('can only read namespaced object of this type');
    return this.related(node, attributes);
  }

  private updateStatus(node: string, attributes: ResourceAttributes): Decision | Promise<Decision> {
    if (!['update', 'patch'].includes(attributes.verb)) return no('can only get/update/patch this type');
    return this.related(node, attributes);
  }

  private serviceAccount(node: string, attributes: ResourceAttributes): Decision | Promise<Decision> {
    const { verb, subresource, name } = attributes;
    // For credential providers of images' registries.
    if (verb === 'get' && subresource === '') return this.related(node, attributes);
    if (verb !== 'create' || name === '') return no('can only create tokens for individual service accounts');
    if (subresource !== 'token') return no('can only create token subresource of serviceaccount');
    return this.related(node, attributes);
  }

  private slice(node: string, attributes: ResourceAttributes): Decision | Promise<Decision> {
    if (attributes.subresource !== '') return no('cannot authorize ResourceSlice subresources');
    switch (attributes.verb) {
      // What the slice says of its node is admission's question.
      case 'create':
        return ALLOWED;
      case 'get':
      case 'update':
      case 'patch':
      case 'delete':
        return this.related(node, attributes);
      case 'watch':
      case 'list':
      case 'deletecollection':
        return selects(attributes, 'spec.nodeName', node) || selects(attributes, 'nodeName', node)
          ? ALLOWED
          : no('can only list/watch/deletecollection resourceslices with nodeName field selector');
      default:
        return no(
          'only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection',
        );
    }
  }

  private pods(node: string, attributes: ResourceAttributes): Decision | Promise<Decision> {
    const { verb, subresource, name } = attributes;
    switch (subresource) {
      case '':
        if (verb === 'get') return this.related(node, attributes);
        if (verb === 'create' || verb === 'delete') return ALLOWED;
        if (verb !== 'list' && verb !== 'watch') return no('');
        if (selects(attributes, 'spec.nodeName', node)) return ALLOWED;
        if (name !== '') return this.related(node, attributes);
        return no('can only list/watch pods with spec.nodeName field selector');
      case 'status':
        return verb === 'update' || verb === 'patch' ? ALLOWED : no('');
      case 'eviction':
        return verb === 'create' ? ALLOWED : no('');
      default:
        return no('');
    }
  }
}

function byRules(attributes: RequestAttributes): Decision {
  return nodeRules.some((rule) => ruleAllows(rule, attributes)) ? ALLOWED : no('');
}

function selects({ fieldSelector = [] }: ResourceAttributes, field: string, value: string): boolean {
  return fieldSelector.some((one) => one.field === field && one.op === '=' && one.value === value);
}

/** Whose lease a new one is, admission asks: its name is not known here. */
function lease(node: string, { verb, namespace, name }: ResourceAttributes): Decision {
  if (!OWN_VERBS.includes(verb)) return no('can only get, create, update, patch, or delete a node lease');
  if (namespace !== NODE_LEASES) return no(`can only access leases in the "${NODE_LEASES}" system namespace`);
  if (verb !== 'create' && name !== node) {
    return no('can only access node lease with the same name as the requesting node');
  }
  return ALLOWED;
}

function csiNode(node: string, { verb, subresource, name }: ResourceAttributes): Decision {
  if (!OWN_VERBS.includes(verb)) return no('can only get, create, update, patch, or delete a CSINode');
  if (subresource !== '') return no('cannot authorize CSINode subresources');
  if (verb !== 'create' && name !== node)
    return no('can only access CSINode with the same name as the requesting node');
  return ALLOWED;
}

/** By name, not by the graph: a kubelet looks for its node before it makes it. */
function ofNodes(node: string, { verb, subresource, name }: ResourceAttributes): Decision {
  const writes = verb === 'update' || verb === 'patch';
  if (subresource === 'status') return writes ? ALLOWED : no('');
  if (subresource !== '') return no('');
  if (writes || verb === 'create') return ALLOWED;
  if (!['get', 'list', 'watch'].includes(verb)) return no('');
  if (name === node) return ALLOWED;
  if (name === '') return no(`node '${node}' cannot read all nodes, only its own Node object`);
  return no(`node '${node}' cannot read '${name}', only its own Node object`);
}
