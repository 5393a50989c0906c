/**
 * What a thread begins with that runs a module, to be given to `new Worker(…, { eval: true })`: from sources it has to learn
 * TypeScript first, as threads do not inherit `--import tsx`.
 */
export function threadCode(module: URL): string {
  const url = JSON.stringify(module.href);
  if (!module.pathname.endsWith(".ts")) return `import(${url})`;
  const tsx = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  return `import(${tsx}).then(({ register }) => { register(); return import(${url}); })`;
}
