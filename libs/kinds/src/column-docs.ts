import type { TableColumn } from '#apimachinery';
import { columnDocsJson } from './generated/column-docs.js';

const docs = JSON.parse(columnDocsJson) as Readonly<Record<string, Readonly<Record<string, string>>>>;
const ALL = '*';

/** The columns of a resource ('deployments.apps') with the texts that upstream's printers give them; others keep their own. */
export function withDocs(groupResource: string, columns: readonly TableColumn[]): TableColumn[] {
  return columns.map((column) => {
    const description = docs[groupResource]?.[column.name] ?? docs[ALL]?.[column.name];
    return description === undefined ? column : { ...column, description };
  });
}
