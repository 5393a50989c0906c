/** Keeps the first `limit` of any number of items, in an order. */
export class TopList<T> {
  private readonly limit: number;
  private readonly order: (a: T, b: T) => number;
  /** A heap whose root is the last that is kept. */
  private readonly heap: T[] = [];

  constructor(limit: number, order: (a: T, b: T) => number) {
    this.limit = limit;
    this.order = order;
  }

  /** The last that is kept, once there are as many as may be: what comes behind it need not be made. */
  get last(): T | undefined {
    return this.heap.length < this.limit ? undefined : this.heap[0];
  }

  add(item: T): void {
    const { heap, limit, order } = this;
    if (heap.length < limit) {
      heap.push(item);
      this.up(heap.length - 1);
    } else if (limit > 0 && order(item, heap[0]!) < 0) {
      heap[0] = item;
      this.down();
    }
  }

  /** What is kept, in order. */
  items(): T[] {
    return [...this.heap].sort(this.order);
  }

  private up(from: number): void {
    const { heap, order } = this;
    for (let i = from; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (order(heap[i]!, heap[parent]!) <= 0) return;
      [heap[i], heap[parent]] = [heap[parent]!, heap[i]!];
      i = parent;
    }
  }

  private down(): void {
    const { heap, order } = this;
    for (let i = 0; ; ) {
      let last = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < heap.length && order(heap[child]!, heap[last]!) > 0) last = child;
      }
      if (last === i) return;
      [heap[i], heap[last]] = [heap[last]!, heap[i]!];
      i = last;
    }
  }
}
