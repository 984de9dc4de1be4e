/**
 * apimachinery: the arithmetic of Kubernetes objects: metadata, selectors, quantities, patches, canonical text,
 * Status and field errors. Pure functions; knows no kind, no store and no clock but what it is handed.
 */
export * from './meta.js';
export { mergeConfiguration } from './apply/configuration-merge.js';
export { applied, entriesAfterUpdate, type FieldWrite } from './apply/field-manager.js';
export { EMPTY_SET, type FieldSet, setOfPaths } from './apply/field-set.js';
export { isRefused, sentManagers } from './apply/managers.js';
export { fieldElement } from './apply/path-element.js';
export { parentEntries, type ReplicasPaths, scaleEntries } from './apply/scale-fields.js';
export { shareSets } from './apply/shared-sets.js';
export { DEDUCED, type DeclaredField, type TypeSchema } from './apply/type-schema.js';
export type { Versions } from './apply/updater.js';
export { aggregateText, fieldErrorsText } from './aggregate-text.js';
export { asListItem, encodeCanonical, withApiVersion, withRevision } from './canonical.js';
export { findCondition, isConditionTrue, setCondition } from './conditions.js';
export { decodeBody, type DecodedBody } from './decode.js';
export { deepCopy, deepEqual, setField, setOrDrop } from './deep.js';
export { duplicateFields } from './duplicate-fields.js';
export { escapeFieldValue, type FieldMatcher, type FieldRequirement, parseFieldSelector } from './field-selector.js';
export { parseGoBool } from './go-bool.js';
export { intOrPercent } from './int-or-percent.js';
export { applyJsonPatch } from './json-patch.js';
export { type LabelMatcher, labelMatcherOf, parseLabelSelector, validateLabelSelector } from './label-selector.js';
export type { LabelOperator, LabelRequirement } from './label-selector-parser.js';
export { applyMergePatch, isJsonObject } from './merge-patch.js';
export type { MergeSchema } from './merge-schema.js';
export {
  dns1035Label,
  dns1123Label,
  dns1123Subdomain,
  formMessage,
  labelValue,
  qualifiedName,
  wildcardDns1123Subdomain,
} from './names.js';
export {
  type ObjectMetaRules,
  validateAnnotations,
  validateLabels,
  validateObjectMeta,
  validateObjectMetaUpdate,
} from './object-meta.js';
export { controllerRefOf } from './owners.js';
export { parseQuantity, Quantity } from './quantity.js';
export { applyStrategicMerge } from './strategic-merge.js';
export { untilWithinStack, withinStack } from './within-stack.js';
export { humanDuration, parseTime, rfc3339, rfc3339Micro, timeOf } from './time.js';
export { causeOf, type FieldError, type FieldErrorType, fieldError, type StatusCause } from './field-error.js';
export { isReason, type Status, type StatusDetails, StatusError, type Subject } from './status-error.js';
export type { TableColumn } from './table.js';
