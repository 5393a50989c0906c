/** Windows and chunks of those who go ahead to find what is damaged. */
export const SIZES = { windowBytes: 2 ** 18, chunkBytes: 2 ** 22 };
