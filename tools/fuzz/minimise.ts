const MAX_TRIES = 2000;

/** A smaller input with which `fails` is still true: pieces are left out, ever smaller ones, then bytes become zero. */
export async function minimise(
  input: Uint8Array,
  fails: (candidate: Uint8Array) => Promise<boolean>,
): Promise<Uint8Array> {
  let best = input;
  let tries = 0;
  for (let piece = Math.ceil(best.length / 2); piece >= 1 && tries < MAX_TRIES; piece = Math.floor(piece / 2)) {
    for (let at = 0; at < best.length && tries < MAX_TRIES; ) {
      const candidate = Buffer.concat([best.subarray(0, at), best.subarray(at + piece)]);
      tries += 1;
      if (await fails(candidate)) {
        best = candidate;
      } else {
        at += piece;
      }
    }
  }
  return best;
}
