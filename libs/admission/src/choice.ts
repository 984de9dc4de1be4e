/** What a cluster says about plugins, by name: kube-apiserver's --enable- and --disable-admission-plugins. */
export interface PluginChoice {
  readonly enable?: readonly string[];
  readonly disable?: readonly string[];
}

/** Those of `plugins` that are on. Disabling wins, as upstream has it: it is the later flag of the two. */
export function chosenPlugins<P extends { readonly name: string; readonly defaultOff?: boolean }>(
  plugins: readonly P[],
  choice?: PluginChoice,
): readonly P[] {
  return plugins.filter(({ name, defaultOff = false }) => {
    if (choice?.disable?.includes(name)) return false;
    return !defaultOff || (choice?.enable?.includes(name) ?? false);
  });
}
