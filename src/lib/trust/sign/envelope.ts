import { type EnvelopeMembers, preAuthenticationEncoding } from '../envelopes/dsse.ts';
import { type Signer, type SignOptions, sigstoreScheme } from './options.ts';
import { STATEMENT_TYPE } from './statement.ts';

/** A DSSE envelope with one signature (secure-systems-lab/dsse, envelope.md). */
export interface SignedEnvelope {
  readonly signature: Uint8Array;
  readonly members: EnvelopeMembers;
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
    members: {
      payload: Buffer.from(statement).toString('base64'),
      payloadType: STATEMENT_TYPE,
      sig: Buffer.from(signature).toString('base64'),
    },
  };
}
