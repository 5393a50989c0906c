/** Keys and bytes of a group; of a sample with their errors. */
interface Amount {
  readonly keys: number;
  readonly bytes: number;
  readonly lower_bound_keys: number;
  readonly keys_error?: number | null;
  readonly bytes_error?: number | null;
}

const whole = (value: number | null | undefined) =>
  value === null || value === undefined ? value : Math.round(value);

/** The members of an amount alone, as whole numbers also where they are estimates. */
export function amountOf(row: Amount): Amount {
  const { keys_error: ofKeys, bytes_error: ofBytes } = row;
  return {
    keys: Math.round(row.keys),
    bytes: Math.round(row.bytes),
    lower_bound_keys: Math.round(row.lower_bound_keys),
    ...(ofKeys !== undefined && { keys_error: whole(ofKeys) ?? null }),
    ...(ofBytes !== undefined && { bytes_error: whole(ofBytes) ?? null }),
  };
}
