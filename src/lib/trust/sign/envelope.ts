import { preAuthenticationEncoding } from '../envelopes/dsse.ts';
import { type Signer, type SignOptions, sigstoreScheme } from './options.ts';
import { STATEMENT_TYPE } from './statement.ts';

export interface SignedEnvelope {
  readonly signature: Uint8Array;
  /** The members of a DSSE envelope with one signature, as JSON has them (secure-systems-lab/dsse, envelope.md). */
  readonly json: { readonly payload: string; readonly payloadType: string; readonly sig: string };
}

/** Signs a statement. Throws what the key throws. */
export async function signEnvelope(
  statement: Uint8Array,
  signer: Signer,
  options: SignOptions,
): Promise<SignedEnvelope> {
  const signedBytes = preAuthenticationEncoding(STATEMENT_TYPE, statement);
  const signature = await signer.key.sign(signedBytes, sigstoreScheme(signer), options.signal);
  return {
    signature,
    json: {
      payload: Buffer.from(statement).toString('base64'),
      payloadType: STATEMENT_TYPE,
      sig: Buffer.from(signature).toString('base64'),
    },
  };
}
