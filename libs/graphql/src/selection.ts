import {
  type FragmentDefinitionNode,
  type GraphQLResolveInfo,
  Kind as Node,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

type Fragments = Readonly<Record<string, FragmentDefinitionNode | undefined>>;

/** Field nodes are made anew for each parsed document, which Apollo caches: so widths are too. */
const widths = new WeakMap<SelectionSetNode, number>();

/** How many fields are selected below a node, fragments included; validation has already refused fragment cycles. */
export function widthOf(set: SelectionSetNode | undefined, fragments: Fragments): number {
  if (!set) return 0;
  const known = widths.get(set);
  if (known !== undefined) return known;
  let width = 0;
  for (const selection of set.selections) width += selectionWidth(selection, fragments);
  widths.set(set, width);
  return width;
}

function selectionWidth(selection: SelectionNode, fragments: Fragments): number {
  switch (selection.kind) {
    case Node.FIELD:
      return 1 + widthOf(selection.selectionSet, fragments);
    case Node.INLINE_FRAGMENT:
      return widthOf(selection.selectionSet, fragments);
    case Node.FRAGMENT_SPREAD:
      return widthOf(fragments[selection.name.value]?.selectionSet, fragments);
  }
}

/** Fields selected below the field that is being resolved. */
export function selectedFields(info: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>): number {
  return info.fieldNodes.reduce((sum, node) => sum + widthOf(node.selectionSet, info.fragments), 0);
}
