/** What ends the reading of a text; `parse` makes an issue of it. */
export class ParseFailure extends Error {
  readonly offset: number;
  readonly length: number;

  constructor(message: string, offset: number, length: number) {
    super(message);
    this.name = 'ParseFailure';
    this.offset = offset;
    this.length = length;
  }
}
