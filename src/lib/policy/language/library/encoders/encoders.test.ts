import { libraryContract } from '../contract.ts';
import { encoders } from './index.ts';

libraryContract(encoders, {
  holds: [
    'base64.encode(b"hello") == "aGVsbG8=" && base64.encode(b"") == ""',
    'base64.decode("aGVsbG8=") == b"hello" && base64.decode("aGVsbG8") == b"hello" && base64.decode("") == b""',
  ],
  errors: [
    ['base64.decode("a") == b""', /not Base64/],
    ['base64.decode("aGVs bG8=") == b""', /not Base64/],
    ['base64.decode("aGVsbG8==") == b""', /not Base64/],
    ['base64.decode("a-_a") == b""', /not Base64/],
  ],
});
