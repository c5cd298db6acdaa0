import type { Library } from '../library.ts';
import { encoders } from './encoders/index.ts';
import { cidr } from './kubernetes/cidr/index.ts';
import { format } from './kubernetes/format/index.ts';
import { ip } from './kubernetes/ip/index.ts';
import { kubernetesLists } from './kubernetes/lists/index.ts';
import { quantity } from './kubernetes/quantity/index.ts';
import { kubernetesRegex } from './kubernetes/regex/index.ts';
import { semver } from './kubernetes/semver/index.ts';
import { url } from './kubernetes/url/index.ts';
import { lists } from './lists/index.ts';
import { math } from './math/index.ts';
import { optional } from './optional/index.ts';
import { age } from './plimsoll/age/index.ts';
import { glob } from './plimsoll/glob/index.ts';
import { patterns } from './plimsoll/patterns/index.ts';
import { purl } from './plimsoll/purl/index.ts';
import { repository } from './plimsoll/repository/index.ts';
import { severity } from './plimsoll/severity/index.ts';
import { version } from './plimsoll/version/index.ts';
import { regex } from './regex/index.ts';
import { sets } from './sets/index.ts';
import { strings } from './strings/index.ts';

/** The libraries beyond the standard functions, in the order of the reference page. A test compares them with the folders. */
export const LIBRARIES: readonly Library[] = [
  strings,
  math,
  lists,
  sets,
  optional,
  encoders,
  regex,
  kubernetesLists,
  kubernetesRegex,
  url,
  ip,
  cidr,
  quantity,
  semver,
  format,
  severity,
  age,
  version,
  purl,
  patterns,
  repository,
  glob,
];
