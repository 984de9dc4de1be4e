/**
 * The structs of Kubernetes' internal API (pkg/apis/core, 1.36) that are printed in messages about immutable fields, in
 * the order of their fields. The internal types carry no JSON tags, so Go prints every field under its Go name, unset
 * ones too; pointers, lists and maps as null, values as their zero.
 *
 * A field is `Name:type`, or `Name=json:type` where the name in the API does not follow from Go's by its case. Types: s
 * string, i integer, b boolean, q quantity, x integer or string, another struct by name; before them `*` pointer, `[]`
 * list, `{}` map. `^` embeds a struct, whose fields then stand among the others. Types that have tags (those of meta/v1)
 * write the name of the API, with `?` where an unset one is left out.
 */
export const CORE_SHAPES: Readonly<Record<string, string>> = {
  PodSpec:
    'Volumes:[]Volume InitContainers:[]Container Containers:[]Container EphemeralContainers:[]EphemeralContainer ' +
    'RestartPolicy:s TerminationGracePeriodSeconds:*i ActiveDeadlineSeconds:*i DNSPolicy:s NodeSelector:{}s ' +
    'ServiceAccountName:s AutomountServiceAccountToken:*b NodeName:s SecurityContext:*PodSecurityContext ' +
    'ImagePullSecrets:[]LocalObjectReference Hostname:s Subdomain:s SetHostnameAsFQDN:*b Affinity:*Affinity ' +
    'SchedulerName:s Tolerations:[]Toleration HostAliases:[]HostAlias PriorityClassName:s Priority:*i ' +
    'PreemptionPolicy:*s DNSConfig:*PodDNSConfig ReadinessGates:[]PodReadinessGate RuntimeClassName:*s Overhead:{}q ' +
    'EnableServiceLinks:*b TopologySpreadConstraints:[]TopologySpreadConstraint OS:*PodOS ' +
    'SchedulingGates:[]PodSchedulingGate ResourceClaims:[]PodResourceClaim Resources:*ResourceRequirements ' +
    'HostnameOverride:*s SchedulingGroup:*PodSchedulingGroup',
  PodSecurityContext:
    'HostNetwork:b HostPID:b HostIPC:b ShareProcessNamespace:*b HostUsers:*b SELinuxOptions:*SELinuxOptions ' +
    'WindowsOptions:*WindowsSecurityContextOptions RunAsUser:*i RunAsGroup:*i RunAsNonRoot:*b SupplementalGroups:[]i ' +
    'SupplementalGroupsPolicy:*s FSGroup:*i FSGroupChangePolicy:*s Sysctls:[]Sysctl SeccompProfile:*SeccompProfile ' +
    'AppArmorProfile:*AppArmorProfile SELinuxChangePolicy:*s',
  PodOS: 'Name:s',
  PodSchedulingGate: 'Name:s',
  PodSchedulingGroup: 'PodGroupName:*s',
  PodResourceClaim: 'Name:s ResourceClaimName:*s ResourceClaimTemplateName:*s',
  PodReadinessGate: 'ConditionType:s',
  PodDNSConfig: 'Nameservers:[]s Searches:[]s Options:[]PodDNSConfigOption',
  PodDNSConfigOption: 'Name:s Value:*s',
  HostAlias: 'IP:s Hostnames:[]s',
  Sysctl: 'Name:s Value:s',
  SeccompProfile: 'Type:s LocalhostProfile:*s',
  AppArmorProfile: 'Type:s LocalhostProfile:*s',
  SELinuxOptions: 'User:s Role:s Type:s Level:s',
  WindowsSecurityContextOptions: 'GMSACredentialSpecName:*s GMSACredentialSpec:*s RunAsUserName:*s HostProcess:*b',
  TopologySpreadConstraint:
    'MaxSkew:i TopologyKey:s WhenUnsatisfiable:s LabelSelector:*LabelSelector MinDomains:*i NodeAffinityPolicy:*s ' +
    'NodeTaintsPolicy:*s MatchLabelKeys:[]s',
  Toleration: 'Key:s Operator:s Value:s Effect:s TolerationSeconds:*i',

  Affinity: 'NodeAffinity:*NodeAffinity PodAffinity:*PodAffinity PodAntiAffinity:*PodAntiAffinity',
  NodeAffinity:
    'RequiredDuringSchedulingIgnoredDuringExecution:*NodeSelector ' +
    'PreferredDuringSchedulingIgnoredDuringExecution:[]PreferredSchedulingTerm',
  VolumeNodeAffinity: 'Required:*NodeSelector',
  PreferredSchedulingTerm: 'Weight:i Preference:NodeSelectorTerm',
  NodeSelector: 'NodeSelectorTerms:[]NodeSelectorTerm',
  NodeSelectorTerm: 'MatchExpressions:[]NodeSelectorRequirement MatchFields:[]NodeSelectorRequirement',
  NodeSelectorRequirement: 'Key:s Operator:s Values:[]s',
  PodAffinity:
    'RequiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm ' +
    'PreferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm',
  PodAntiAffinity:
    'RequiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm ' +
    'PreferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm',
  WeightedPodAffinityTerm: 'Weight:i PodAffinityTerm:PodAffinityTerm',
  PodAffinityTerm:
    'LabelSelector:*LabelSelector Namespaces:[]s TopologyKey:s NamespaceSelector:*LabelSelector MatchLabelKeys:[]s ' +
    'MismatchLabelKeys:[]s',

  Container:
    'Name:s Image:s Command:[]s Args:[]s WorkingDir:s Ports:[]ContainerPort EnvFrom:[]EnvFromSource Env:[]EnvVar ' +
    'Resources:ResourceRequirements ResizePolicy:[]ContainerResizePolicy RestartPolicy:*s ' +
    'RestartPolicyRules:[]ContainerRestartRule VolumeMounts:[]VolumeMount VolumeDevices:[]VolumeDevice ' +
    'LivenessProbe:*Probe ReadinessProbe:*Probe StartupProbe:*Probe Lifecycle:*Lifecycle TerminationMessagePath:s ' +
    'TerminationMessagePolicy:s ImagePullPolicy:s SecurityContext:*SecurityContext Stdin:b StdinOnce:b TTY:b',
  EphemeralContainer: '^Container TargetContainerName:s',
  ContainerPort: 'Name:s HostPort:i ContainerPort:i Protocol:s HostIP:s',
  EnvFromSource: 'Prefix:s ConfigMapRef:*ConfigMapEnvSource SecretRef:*SecretEnvSource',
  ConfigMapEnvSource: '^LocalObjectReference Optional:*b',
  SecretEnvSource: '^LocalObjectReference Optional:*b',
  LocalObjectReference: 'Name:s',
  EnvVar: 'Name:s Value:s ValueFrom:*EnvVarSource',
  EnvVarSource:
    'FieldRef:*ObjectFieldSelector ResourceFieldRef:*ResourceFieldSelector ConfigMapKeyRef:*ConfigMapKeySelector ' +
    'SecretKeyRef:*SecretKeySelector FileKeyRef:*FileKeySelector',
  ObjectFieldSelector: 'APIVersion:s FieldPath:s',
  ResourceFieldSelector: 'ContainerName:s Resource:s Divisor:q',
  ConfigMapKeySelector: '^LocalObjectReference Key:s Optional:*b',
  SecretKeySelector: '^LocalObjectReference Key:s Optional:*b',
  FileKeySelector: 'VolumeName:s Path:s Key:s Optional:*b',
  ResourceRequirements: 'Limits:{}q Requests:{}q Claims:[]ResourceClaim',
  ResourceClaim: 'Name:s Request:s',
  ContainerResizePolicy: 'ResourceName:s RestartPolicy:s',
  ContainerRestartRule: 'Action:s ExitCodes:*ContainerRestartRuleOnExitCodes',
  ContainerRestartRuleOnExitCodes: 'Operator:s Values:[]i',
  VolumeMount: 'Name:s ReadOnly:b RecursiveReadOnly:*s MountPath:s SubPath:s MountPropagation:*s SubPathExpr:s',
  VolumeDevice: 'Name:s DevicePath:s',
  Probe:
    '^ProbeHandler InitialDelaySeconds:i TimeoutSeconds:i PeriodSeconds:i SuccessThreshold:i FailureThreshold:i ' +
    'TerminationGracePeriodSeconds:*i',
  ProbeHandler: 'Exec:*ExecAction HTTPGet:*HTTPGetAction TCPSocket:*TCPSocketAction GRPC:*GRPCAction',
  ExecAction: 'Command:[]s',
  HTTPGetAction: 'Path:s Port:x Host:s Scheme:s HTTPHeaders:[]HTTPHeader',
  HTTPHeader: 'Name:s Value:s',
  TCPSocketAction: 'Port:x Host:s',
  GRPCAction: 'Port:i Service:*s',
  SleepAction: 'Seconds:i',
  Lifecycle: 'PostStart:*LifecycleHandler PreStop:*LifecycleHandler StopSignal:*s',
  LifecycleHandler: 'Exec:*ExecAction HTTPGet:*HTTPGetAction TCPSocket:*TCPSocketAction Sleep:*SleepAction',
  SecurityContext:
    'Capabilities:*Capabilities Privileged:*b SELinuxOptions:*SELinuxOptions ' +
    'WindowsOptions:*WindowsSecurityContextOptions RunAsUser:*i RunAsGroup:*i RunAsNonRoot:*b ' +
    'ReadOnlyRootFilesystem:*b AllowPrivilegeEscalation:*b ProcMount:*s SeccompProfile:*SeccompProfile ' +
    'AppArmorProfile:*AppArmorProfile',
  Capabilities: 'Add:[]s Drop:[]s',

  PodTemplateSpec: '^ObjectMeta=metadata Spec:PodSpec',
  PersistentVolumeClaimTemplate: '^ObjectMeta=metadata Spec:PersistentVolumeClaimSpec',
  PersistentVolumeClaimSpec:
    'AccessModes:[]s Selector:*LabelSelector Resources:VolumeResourceRequirements VolumeName:s StorageClassName:*s ' +
    'VolumeMode:*s DataSource:*TypedLocalObjectReference DataSourceRef:*TypedObjectReference ' +
    'VolumeAttributesClassName:*s',
  VolumeResourceRequirements: 'Limits:{}q Requests:{}q',
  TypedLocalObjectReference: 'APIGroup:*s Kind:s Name:s',
  TypedObjectReference: 'APIGroup:*s Kind:s Name:s Namespace:*s',

  LabelSelector: 'matchLabels?:{}s matchExpressions?:[]LabelSelectorRequirement',
  LabelSelectorRequirement: 'key:s operator:s values?:[]s',
  ObjectMeta: 'name?:s generateName?:s namespace?:s labels?:{}s annotations?:{}s finalizers?:[]s',
};
