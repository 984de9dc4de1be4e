/** meta/v1 TableColumnDefinition: what `kubectl get` prints. priority 0 always, above only with -o wide. */
export interface TableColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format: string;
  readonly description: string;
  readonly priority: number;
}
