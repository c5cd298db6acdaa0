import assert from 'node:assert/strict';
import { osRelease } from '#lib/packages/catalogers/os-release/index.ts';
import { parseDockerfileLabels } from '#lib/packages/catalogers/red-hat-build/parse-dockerfile.ts';
import { loadCataloging } from '#lib/packages/index.ts';
import { runCataloger } from '#test/fixtures/fuzz-catalogers.ts';
import { RELEASE_SAMPLES } from '#test/samples/release-files.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

const { chooseDistribution } = await loadCataloging();

const DOCKERFILE = `FROM sha256:4224eead35ea350b4b9d4ac67550e92efb9a50d3855cb3381469fe4c7e3f2053
ENV NODEJS_VERSION=10 \\
    # a comment
    NAME=nodejs PATH=$HOME/bin:$PATH
ENV arch x86_64
LABEL com.redhat.component="\${NAME}-\${NODEJS_VERSION}-container" \\
      name="ubi8/$NAME" "architecture"=$arch version='1'
`;
const MANIFEST = '{"metadata":{"icm_version":1},"content_sets":["rhel-8-for-x86_64-baseos-rpms"],"image_contents":[]}';
const LABELS = '{"name":"\\"ubi9\\"","cpe":"cpe:/a:redhat:openshift_gitops:1.16::el8","architecture":"x86_64"}';
const REPOSITORIES =
  'https://dl-cdn.alpinelinux.org/alpine/v3.20/main\n@edge https://dl-cdn.alpinelinux.org/alpine/edge/main\n';

const BUILD_FILES = [
  'root/buildinfo/Dockerfile-a',
  'root/buildinfo/labels.json',
  'root/buildinfo/content_manifests/a.json',
] as const;

/** Files that say what an image is: each input is read as every one of them, JSON last, which refuses most. */
export const releaseFiles: FuzzTarget = {
  id: 'release-files',
  seeds: () => {
    const files = RELEASE_SAMPLES.flatMap((sample) => Object.values(sample.files));
    return [...files, DOCKERFILE, MANIFEST, LABELS, REPOSITORIES].map((text) => Buffer.from(text));
  },
  maxMillis: 200,
  dictionary: [
    'ID=',
    'VERSION_ID=',
    ' release ',
    '/sid',
    'DISTRIB_ID=',
    '/alpine/',
    'edge',
    'LABEL ',
    'ENV ',
    'FROM ',
    '\\\n',
    '${',
    '"',
    "'",
  ],
  run: (input) => {
    const { knownPaths } = osRelease;
    const facts = knownPaths.map((path) => {
      runCataloger('os-release', path, input);
      return { path, found: osRelease.read({ path, bytes: input }) };
    });
    const { os, contradictions } = chooseDistribution(facts);
    invariant('a choice is plain data, and what contradicts it is short', () => {
      assert.deepEqual(JSON.parse(JSON.stringify(os)), os);
      assert.ok(contradictions.length <= knownPaths.length);
      assert.ok(contradictions.every(({ reason }) => reason.length < 1000));
    });
    const labels = parseDockerfileLabels(Buffer.from(input).toString());
    invariant('labels are not longer than their file lets them be', () =>
      assert.ok([...labels].every(([name, value]) => name !== '' && value.length <= 4096)),
    );
    for (const path of BUILD_FILES) {
      runCataloger('red-hat-build', path, input);
    }
  },
};
