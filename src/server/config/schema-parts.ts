import { isIP } from 'node:net';
import { z } from 'zod';
import { parseAddress } from './address.ts';
import { isSecretReference } from './secrets.ts';

/** What options are made of. Messages begin with `expected`: what was found is said by the reader of YAML. */
const MAX_LIST = 64;

const PATH = 'expected a path';
/** Of a file or folder; one that does not begin with / is below the folder of the configuration. */
export const Path = z
  .string(PATH)
  .min(1, PATH)
  .max(4096, PATH)
  .refine((text) => !text.includes('\0'), PATH);

const ADDRESS = 'expected an address and a port such as 127.0.0.1:7400, [::1]:7400 or localhost:7400';
export const AddressText = z.string(ADDRESS).refine((text) => parseAddress(text) !== null, ADDRESS);

const SECRET =
  'expected env:NAME or file:/PATH, since a secret in this file would be read by all that may read or copy it';
/** The text that was found may be a secret: the reader never shows it. */
export const Secret = z.string(SECRET).refine(isSecretReference, SECRET);

const DURATION = 'expected a duration such as 90s, 15m, 12h or 30d';
export const Duration = z.string(DURATION).regex(/^[1-9][0-9]{0,5}[smhd]$/, DURATION);

const SIZE = 'expected a size such as 500MB or 32GiB';
export const Size = z.string(SIZE).regex(/^[1-9][0-9]{0,11}(?:B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)$/, SIZE);

const SCOPE = 'expected *, a repository, or the start of one with /*, such as public/*';
export const Scope = z
  .string(SCOPE)
  .max(255, SCOPE)
  .regex(/^(?:\*|[a-z0-9]+(?:[._-][a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-][a-z0-9]+)*)*(?:\/\*)?)$/, SCOPE);

const NETWORK = 'expected an address or a network such as 10.0.0.0/8';
export const Network = z.string(NETWORK).refine(isNetwork, NETWORK);

const URL_TEXT = 'expected a URL that begins with https:// or http://, without user name, query or fragment';
export const WebUrl = z.string(URL_TEXT).max(1024, URL_TEXT).refine(isPlainUrl, URL_TEXT);

const ADVISORIES = 'expected public, a folder, a file ending in .yaml, or a URL that begins with https:// or http://';
export const AdvisorySource = z
  .string(ADVISORIES)
  .min(1, ADVISORIES)
  .max(4096, ADVISORIES)
  .refine((text) => !text.includes('\0') && (!text.includes('://') || isPlainUrl(text)), ADVISORIES);

const KEY = 'expected a file, pkcs11:, hashivault://, awskms://, gcpkms:// or azurekms://';
/** Whoever puts the key itself there does not see it again in a message. */
export const KeyReference = z.string(KEY).min(1, KEY).max(4096, KEY).refine(isKeyReference, KEY);

/** A whole number. */
export function count(what: string, min: number, max: number): z.ZodNumber {
  const text = `expected ${what} from ${min} to ${max}`;
  return z.int(text).min(min, text).max(max, text);
}

/** A list of a few, each once. */
export function listOf<T extends z.ZodType>(element: T, what: string): z.ZodArray<T> {
  return z
    .array(element, `expected a list of ${what}`)
    .max(MAX_LIST, `expected at most ${MAX_LIST} ${what}`)
    .refine((values) => new Set(values).size === values.length, `expected every one of ${what} once`);
}

function isKeyReference(text: string): boolean {
  const scheme = /^([a-z][a-z0-9+.-]+):/.exec(text)?.[1];
  const isKnown = scheme === undefined || KEY_SCHEMES.includes(scheme);
  return isKnown && !/[\0\r\n]/.test(text) && !text.includes('-----BEGIN');
}

const KEY_SCHEMES: readonly string[] = ['file', 'pkcs11', 'hashivault', 'awskms', 'gcpkms', 'azurekms'];

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  const most = family === 4 ? 32 : 128;
  const fits = bits === undefined || (/^(0|[1-9][0-9]{0,2})$/.test(bits) && Number(bits) <= most);
  return family !== 0 && fits && more.length === 0;
}

function isPlainUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isWeb = url !== null && (url.protocol === 'https:' || url.protocol === 'http:');
  return isWeb && url.username === '' && url.password === '' && !/[?#]/.test(text);
}
