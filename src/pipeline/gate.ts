/** Lets work begin as long as there is room for it, in the order in which it asks: whoever needs much is not overtaken. */
export class Gate {
  private room: number;
  private readonly waiting: { readonly need: number; readonly enter: () => void }[] = [];

  constructor(room: number) {
    this.room = room;
  }

  /** Does work that needs so much room, at most all there is. */
  async through<T>(need: number, work: () => Promise<T>): Promise<T> {
    await this.enter(need);
    try {
      return await work();
    } finally {
      this.leave(need);
    }
  }

  /** Resolves when there is room, which is taken. */
  enter(need: number): Promise<void> {
    return new Promise<void>((enter) => {
      this.waiting.push({ need, enter });
      this.admit();
    });
  }

  leave(need: number): void {
    this.room += need;
    this.admit();
  }

  private admit(): void {
    while (this.waiting.length > 0 && this.waiting[0]!.need <= this.room) {
      const { need, enter } = this.waiting.shift()!;
      this.room -= need;
      enter();
    }
  }
}
