/** Values by what `nameOf` says of them, in the order in which names come up. */
export function grouped<Name, T>(values: Iterable<T>, nameOf: (value: T) => Name): Map<Name, T[]> {
  const groups = new Map<Name, T[]>();
  for (const value of values) {
    const name = nameOf(value);
    const group = groups.get(name);
    if (group) group.push(value);
    else groups.set(name, [value]);
  }
  return groups;
}
