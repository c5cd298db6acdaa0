/** An input that fuzzing found, and that has to be refused or accepted in order ever since. */
export interface Regression {
  /** The id of the target. */
  readonly target: string;
  /** What went wrong. */
  readonly why: string;
  /** Base64; line ends do not count. */
  readonly input: string;
}

/** Cosign's signature by a certificate's key (fixture cosign2-certificate) without the annotations of the certificate. */
const WITHOUT_CERTIFICATE = `
eyJwYXlsb2FkIjoiZXlKamNtbDBhV05oYkNJNmV5SnBaR1Z1ZEdsMGVTSTZleUprYjJOclpYSXRjbVZtWlhKbGJtTmxJam9pTVRJ
M0xqQXVNQzR4T2pReE5UYzFMM1p2ZVdGblpTOWpiM05wWjI0eUxXTmxjblJwWm1sallYUmxJbjBzSW1sdFlXZGxJanA3SW1Sdlky
dGxjaTF0WVc1cFptVnpkQzFrYVdkbGMzUWlPaUp6YUdFeU5UWTZNVFZrTjJRek1tWXpPV00zWkROak5tVmpORGsxT0RZd1pXTXdO
ek5sTURFM1pXTTJZMlV4T1RaaU5HUmxaRGcyWVRVNVpUSTNNV0V5TXpRM1pUZGlZaUo5TENKMGVYQmxJam9pWTI5emFXZHVJR052
Ym5SaGFXNWxjaUJwYldGblpTQnphV2R1WVhSMWNtVWlmU3dpYjNCMGFXOXVZV3dpT201MWJHeDkiLCJhbm5vdGF0aW9ucyI6eyJk
ZXYuY29zaWducHJvamVjdC5jb3NpZ24vc2lnbmF0dXJlIjoiTUVZQ0lRQzJoSGozUGpjUXJoUjBDckNaR2N6Z2toM2pQZ0dGbDBZ
endOWVhLUmJNWHdJaEFQR1B0T294czhwNjE5NEZqRUNaVFlROXRPK2RDQmtHWjBocDM1d1c2OElPIn19`;

export const REGRESSIONS: readonly Regression[] = [
  {
    target: 'cosign-manifest',
    why: 'without its certificate a signature is one by the same key, over the same payload: the check had called that a new claim',
    input: WITHOUT_CERTIFICATE,
  },
  {
    target: 'release-files',
    why: 'a quote that nothing follows was a label without a name',
    input: 'TEFCRUwgIg==',
  },
  {
    target: 'snap-description',
    why: 'a carriage return alone ends a line for YAML, and not for all that read it',
    input: 'ZTogYgp2ZXJzaW9uOg0=',
  },
];
