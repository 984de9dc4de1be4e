/**
 * apimachinery: the arithmetic of Kubernetes objects: metadata, selectors, quantities, patches, canonical text,
 * Status and field errors. Pure functions; knows no kind, no store and no clock but what it is handed.
 */
export * from './meta.js';
export { causeOf, type FieldError, type FieldErrorType, fieldError } from './field-error.js';
export {
  isReason,
  type Status,
  type StatusCause,
  type StatusDetails,
  StatusError,
  type Subject,
} from './status-error.js';
export type { TableColumn } from './table.js';
