/** What strategic merge asks of a schema, one object or list at a time. `undefined` from `field` or `item`: nothing is known. */
export interface MergeSchema {
  field(name: string): MergeSchema | undefined;
  /** Of a list: its elements. Of a map with free keys: its values. */
  item(): MergeSchema | undefined;
  readonly listType: 'atomic' | 'set' | 'map' | undefined;
  /** 'merge', 'retainKeys', 'merge,retainKeys', 'replace'. Without one, maps merge and lists are replaced. */
  readonly patchStrategy?: string | undefined;
  readonly mergeKey?: string | undefined;
}
