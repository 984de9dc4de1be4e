/** What the editor holds at first: something that runs at once and shows the parts one may not expect. */
export const SANDBOX_QUERY = `# Every object of this cluster is here, under the names that client-go uses.
# Ctrl-Space completes, Ctrl-Enter runs, the book on the left explains each field.
# Without credentials you may see nothing: put "Authorization": "Bearer <token>" into Headers, below.

query Cluster {
  coreV1 {
    nodes {
      items {
        metadata { name }
        status { nodeInfo { kubeletVersion } }
        pods { metadata { namespace name } } # a relation: read only because it is selected
      }
    }
    pods(namespace: "default", limit: 50) {
      resourceVersion
      continue
      items {
        metadata { name labels }
        status { phase podIP }
        owner { kind metadata { name } }
        events { reason message }
      }
    }
  }
  appsV1 {
    deployments {
      items { metadata { name } spec { replicas } replicaSets { metadata { name } pods { status { phase } } } }
    }
  }
}

# What kubectl get pods --watch shows: all that exist, one BOOKMARK, then each change.
subscription Pods {
  coreV1Pods(namespace: "default") {
    type
    resourceVersion
    object { metadata { name } status { phase } }
  }
}

mutation MakeDeployment {
  appsV1 {
    createDeployment(
      namespace: "default"
      object: """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web, labels: {app: web}}
      spec:
        replicas: 3
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec: {containers: [{name: nginx, image: nginx}]}
      """
    ) {
      metadata { uid }
    }
  }
}
`;

export const HOST_QUERY = `# The management plane: its objects are the sandboxes, and each is a cluster that can be asked from here.
# Ctrl-Space completes, Ctrl-Enter runs, the book on the left explains each field.
# Without credentials you may see nothing: put "Authorization": "Bearer <token>" into Headers, below.

query Sandboxes {
  sandkubeV1alpha1 {
    sandboxes {
      items {
        metadata { namespace name }
        status { phase url }
        cluster { # looks inside, as its administrator
          coreV1 {
            nodes { items { metadata { name } } }
            pods(limit: 20) { remainingItemCount items { metadata { namespace name } status { phase } } }
          }
        }
      }
    }
  }
}

# What kubectl get sandboxes --watch shows: all that exist, one BOOKMARK, then each change.
subscription Watch {
  sandkubeV1alpha1Sandboxes {
    type
    resourceVersion
    object { metadata { name } status { phase } }
  }
}
`;
