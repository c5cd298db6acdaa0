import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { BuildLabels } from '#model/build.ts';
import type { Cataloger } from '../../cataloger.ts';
import { decodeText } from '../../text.ts';
import { parseDockerfileLabels } from './parse-dockerfile.ts';
import { parseContentSets, parseLabels } from './parse-json.ts';

const MANIFESTS = 'root/buildinfo/content_manifests/';
/** Where images with an immutable root keep both since 2024, beside the older places. */
const SHARED = 'usr/share/buildinfo/';
const DOCKERFILES = 'root/buildinfo/Dockerfile-';
const LABELS: readonly string[] = ['root/buildinfo/labels.json', `${SHARED}labels.json`];

export const redHatBuild: Cataloger = {
  id: 'red-hat-build',
  version: 2,
  knownPaths: [...LABELS, `${MANIFESTS}content-sets.json`, `${SHARED}content-sets.json`],
  maxFileBytes: LIMITS.packageMetadataBytes,
  capabilities: {
    title: 'What images of Red Hat say of how they were built',
    reads: [
      '/root/buildinfo/content_manifests/*.json',
      '/root/buildinfo/Dockerfile-*',
      '/root/buildinfo/labels.json',
      '/usr/share/buildinfo/*.json',
    ],
    packageTypes: [],
    database: false,
    licenses: false,
    files: false,
    dependencies: false,
    specifications: [
      'https://github.com/containerbuildsystem/atomic-reactor/blob/master/atomic_reactor/schemas/content_manifest.json',
    ],
  },
  beginnings: ['root/buildinfo/', SHARED],
  wants: ({ path }) => isManifest(path) || isDockerfile(path) || LABELS.includes(path),
  read: readFile,
};

function isManifest(path: string): boolean {
  return path.endsWith('.json') && (isIn(path, MANIFESTS) || (isIn(path, SHARED) && !LABELS.includes(path)));
}

function isDockerfile(path: string): boolean {
  return path.startsWith(DOCKERFILES) && !path.includes('/', DOCKERFILES.length);
}

/** Not in a folder below it. */
function isIn(path: string, folder: string): boolean {
  return path.startsWith(folder) && !path.includes('/', folder.length);
}

function readFile({ path, bytes }: AnalysedFile): Found {
  if (isManifest(path)) {
    const contentSets = parseContentSets(bytes, path);
    return contentSets.length === 0 ? {} : { build: { contentSets } };
  }
  const labels = toLabels(isDockerfile(path) ? parseDockerfileLabels(decodeText(bytes)) : parseLabels(bytes, path));
  return Object.keys(labels).length === 0 ? {} : { build: { labels } };
}

/** By the name of the label in lower case: until 2016 they were `BZComponent`, `Name` and so on. */
const NAMES: ReadonlyMap<string, keyof BuildLabels> = new Map([
  ['bzcomponent', 'component'],
  ['com.redhat.component', 'component'],
  ['name', 'name'],
  ['version', 'version'],
  ['release', 'release'],
  ['architecture', 'architecture'],
  ['cpe', 'cpe'],
]);

function toLabels(all: ReadonlyMap<string, string>): BuildLabels {
  const labels: { -readonly [Name in keyof BuildLabels]: BuildLabels[Name] } = {};
  for (const [label, value] of all) {
    const name = NAMES.get(label.toLowerCase());
    if (name !== undefined && value !== '') {
      labels[name] = value;
    }
  }
  return labels;
}
