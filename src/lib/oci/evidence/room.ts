/** How many bytes may still be read: of one subject, and with `whole` of all subjects of an image together. */
export class Room {
  #left: number;
  readonly #whole: Room | null;

  constructor(bytes: number, whole: Room | null = null) {
    this.#left = bytes;
    this.#whole = whole;
  }

  /** Takes the bytes, or leaves everything as it is when they are more than there are. */
  take(bytes: number): boolean {
    if (bytes > this.#left || this.#whole?.take(bytes) === false) {
      return false;
    }
    this.#left -= bytes;
    return true;
  }
}
