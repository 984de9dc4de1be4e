/** A list of strings as Go's %q prints it: '["a" "b"]'. */
export const quotedList = (list: readonly string[]) => `[${list.map((one) => JSON.stringify(one)).join(' ')}]`;
