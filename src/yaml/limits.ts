/** No file that people write by hand is longer. */
export const MAX_YAML_BYTES = 1024 ** 2;
