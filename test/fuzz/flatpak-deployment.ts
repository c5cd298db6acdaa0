import { runCataloger } from '#test/fixtures/fuzz-catalogers.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';

/** Written by Flatpak 1.14: with a version, a licence and a runtime, and without. */
const DEPLOYMENTS: readonly string[] = [
  'bG9jYWwANTM4MTU4ZWFhYzI2MjZjOWYzZTE1Y2RhYzUyZTYyOTU0ZDBmMWIyOWNhMjI2NjYwYzgzYzhlNTY5YzA2ZDQxZgAAAAAAAAAACgBhcHBk' +
    'YXRhLW5hbWUAAAAAQXBwAABzDQBhcHBkYXRhLXZlcnNpb24AMS4yLjMAAHMQAAAAAAAAAGRlcGxveS12ZXJzaW9uAAAEAAAAAGkPAGFwcGRhdGEt' +
    'bGljZW5zZQBNSVQAAHMQAHJ1bnRpbWUAb3JnLmV4YW1wbGUuUGxhdGZvcm0veDg2XzY0LzIzLjA4AABzCAAAAGFwcGRhdGEtc3VtbWFyeQBzAABz' +
    'EAAAAHRpbWVzdGFtcAAAAAAAAAAb6QJrAAAAAAB0ChcxT2eVrctHAEcABgA=',
  'bG9jYWwAZTMzZDJmZGQyM2NiNDBlZjEwZWJiMjI2OTQ3ZWYyOGQ5M2RhNDlkMzg2ZDRiYjRiODUzMDhmOTcyY2YwZjQ3ZAAAAAAAAAAABABkZXBsb3kt' +
    'dmVyc2lvbgAABAAAAABpDwB0aW1lc3RhbXAAAAAAAAAAGukCawAAAAAAdAoXM0dHBg==',
];
const PATH = `var/lib/flatpak/app/org.example.App/x86_64/stable/${'0'.repeat(64)}/deploy`;

/** Notes of Flatpak of what it has installed. */
export const flatpakDeployment: FuzzTarget = {
  id: 'flatpak-deployment',
  seeds: () => DEPLOYMENTS.map((text) => Buffer.from(text, 'base64')),
  maxMillis: 200,
  dictionary: ['appdata-version', 'appdata-license', 'runtime', '\0', '\0s'],
  run: (input) => runCataloger('flatpak', PATH, input),
};
