import { type LabelSelector, labelMatcherOf, type TableColumn } from '#apimachinery';
import { wide } from '../columns.js';
import type { PodTemplateSpec } from '../generated/types.js';
import type { Cell } from '../kind.js';

/** Containers and images of a pod template: shown with -o wide by everything that makes pods. */
export const templateColumns: readonly TableColumn[] = [wide('Containers'), wide('Images')];
export const templateAndSelectorColumns: readonly TableColumn[] = [...templateColumns, wide('Selector')];

export function templateCells(template: PodTemplateSpec | undefined): Cell[] {
  const containers = template?.spec?.containers ?? [];
  return [containers.map(({ name }) => name).join(','), containers.map(({ image }) => image ?? '').join(',')];
}

/** Models metav1.FormatLabelSelector. */
export function selectorText(selector: LabelSelector | undefined): string {
  if (!selector) return '<none>';
  return labelMatcherOf(selector).toString() || '<none>';
}
