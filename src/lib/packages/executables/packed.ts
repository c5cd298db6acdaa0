import type { Executable } from './executable.ts';

/** UPX writes it behind the headers of what it packs, whatever the system (`l_info`, and `PackHeader` of Windows). */
const MARK = Buffer.from('UPX!');
/** Headers with a few rows of segments or sections; what follows in a program that is not packed may be anything. */
const HEADERS = 1024;

/** True for a program that UPX packed: it unpacks itself when it runs, and until then nothing of what it is made of can be seen. */
export function isPacked({ bytes, sections }: Executable): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEADERS));
  return head.includes(MARK) || sections.some(({ name }) => name === 'UPX0' || name === 'UPX1');
}
