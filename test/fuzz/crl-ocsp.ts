import assert from 'node:assert/strict';
import { parseCrl } from '#lib/trust/x509/revocation/crl.ts';
import { parseOcspResponse } from '#lib/trust/x509/revocation/ocsp.ts';
import { accepted } from '#test/fixtures/fuzz-claims.ts';
import { publishedFiles } from '#test/fixtures/fuzz-seeds.ts';
import { mutateStructure } from '../../tools/fuzz/structure/mutate-structure.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

/** Made by `openssl ca -gencrl` and `openssl ocsp`: one certificate revoked; one good, one revoked, the signer inside. */
const LIST = `
MIHKMHMCAQEwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEcm9vdBcNMjYxMTIyMDczODE1WhcNMjYxMjIyMDczODE1WjAjMCECAhI1
Fw0yNjExMDEwMDAwMDBaMAwwCgYDVR0VBAMKAQGgDjAMMAoGA1UdFAQDAgEBMAoGCCqGSM49BAMCA0cAMEQCIGyE+VPp1/6Ghyag
a97F//7KZW7+eCFs8etXvxgC/flMAiBaYwYW/DlkEsEbuCYNMvyNj4c67sEVUIlyvGX8yv86JA==`;
const RESPONSE = `
MIIDDgoBAKCCAwcwggMDBgkrBgEFBQcwAQEEggL0MIIC8DCCAQehETAPMQ0wCwYDVQQDDARyb290GA8yMDI2MTEyMjA3MzgxNVow
geAwYzA7MAkGBSsOAwIaBQAEFGkqDOBkUl0EVJ1+gFzPmOutOb0vBBRU8HHN+ghVpXzckZhK33Nq2+JYWgICEjSAABgPMjAyNjEx
MjIwNzM4MTVaoBEYDzIwMjYxMjIyMDczODE1WjB5MDswCQYFKw4DAhoFAAQUaSoM4GRSXQRUnX6AXM+Y6605vS8EFFTwcc36CFWl
fNyRmErfc2rb4lhaAgISNaEWGA8yMDI2MTEwMTAwMDAwMFqgAwoBARgPMjAyNjExMjIwNzM4MTVaoBEYDzIwMjYxMjIyMDczODE1
WjAKBggqhkjOPQQDAgNIADBFAiEAgsVK7zyjtFKC1V9ZFOkjkOI6kkArjj/N49aC5yF/J0ICICchdbsmgFwFyVhJnBd+2LfgfWLk
9zABIREijfOuKhF7oIIBizCCAYcwggGDMIIBKaADAgECAhRaCdM/TBBTUcOd0azvrM2JZRz+CDAKBggqhkjOPQQDAjAPMQ0wCwYD
VQQDDARyb290MB4XDTI2MTEyMjA3MzgxNVoXDTM2MTExOTA3MzgxNVowDzENMAsGA1UEAwwEcm9vdDBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABA8AET+ovynvSuHAWh8XYpGxJXcFqIhoficfgH0+De/V7ecV/SAbag75fUtrqeL42XL5fUYPWOe+TocRnR+ge6qj
YzBhMB0GA1UdDgQWBBRU8HHN+ghVpXzckZhK33Nq2+JYWjAfBgNVHSMEGDAWgBRU8HHN+ghVpXzckZhK33Nq2+JYWjAPBgNVHRMB
Af8EBTADAQH/MA4GA1UdDwEB/wQEAwIBhjAKBggqhkjOPQQDAgNIADBFAiB3TwMBA8MJ7dpM+eTzeg6Hc47fPBq33I3GG7xldK4p
/wIhAJqpsLlvq7wgvJLLNzfoAlQSYPT0UdaEJQnuzuc5NHZ8`;

/** Revocation lists and OCSP responses: no input is both, and what is signed is inside. */
export const crlOcsp: FuzzTarget = {
  id: 'crl-ocsp',
  seeds: () => [
    ...[LIST, RESPONSE].map((text) => Buffer.from(text, 'base64')),
    ...publishedFiles('notation', /\.crl$/).filter((bytes) => bytes[0] === 0x30),
  ],
  maxMillis: 500,
  mutate: mutateStructure,
  run: (input) => {
    const list = accepted(() => parseCrl(input, 'input'));
    // Its refusal is that of the input.
    const read = list ?? parseOcspResponse(input, 'input');
    invariant('what is signed is inside the input', () => assert.ok(Buffer.from(input).includes(read.signedBytes)));
    if (list !== null) {
      invariant('no list is a response', () =>
        assert.equal(
          accepted(() => parseOcspResponse(input, 'input')),
          null,
        ),
      );
    }
  },
};
