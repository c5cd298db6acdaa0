import { pack, unpack } from '#base/packed.ts';
import { WHOLE_INVENTORY, WHOLE_VERSION, type WholeInventory } from './inventory-schema.ts';
import { RESULT_BYTES } from './protocol.ts';

/** A whole inventory as it is kept with its layer set: compressed; null for one that no text can hold. */
export async function packInventory(whole: WholeInventory): Promise<Uint8Array | null> {
  return await pack(() => Buffer.from(JSON.stringify({ version: WHOLE_VERSION, ...whole })));
}

/** What `packInventory` made; null for what is damaged, or of another version of this program. */
export function unpackInventory(content: Uint8Array): WholeInventory | null {
  return unpack(content, RESULT_BYTES, parse);
}

/** What is stored is ours, and checked as it was before it was kept: a row that somebody changed decides nothing by its shape. */
function parse(bytes: Buffer): WholeInventory | null {
  const { version, ...whole } = JSON.parse(bytes.toString('utf8')) as { readonly version?: number };
  return version === WHOLE_VERSION ? WHOLE_INVENTORY.parse(whole) : null;
}
