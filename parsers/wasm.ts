/** What is used of it: the types of Node have no more than its name. */
declare const WebAssembly: {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** What every module of ours exports: its memory, of a fixed size. */
export interface WithMemory {
  readonly memory: { readonly buffer: ArrayBuffer };
}

/** A new instance of a module, base64 of its code: what it exports. */
export function instantiate<Exports extends WithMemory>(code: string): Exports {
  const module = new WebAssembly.Module(Buffer.from(code, "base64"));
  return new WebAssembly.Instance(module).exports as Exports;
}
