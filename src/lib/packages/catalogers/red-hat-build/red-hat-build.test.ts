import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '#base/error.ts';
import type { BuildLabels } from '#model/build.ts';
import { evidence } from '#test/evidence.ts';
import { catalogerContract } from '../contract.ts';
import { redHatBuild } from './index.ts';
import { parseDockerfileLabels } from './parse-dockerfile.ts';

evidence(
  'catalogers/red-hat-build',
  'published',
  'content manifests, labels.json and Dockerfiles of images of Red Hat, from tests of Clair and Trivy, shortened to what is read',
);

const MANIFEST = 'root/buildinfo/content_manifests/ubi8-minimal-container-8.5-218.json';
const DOCKERFILE = 'root/buildinfo/Dockerfile-ubi8-8.3-227';
const LABELS = 'root/buildinfo/labels.json';

/** aquasecurity/trivy, testdata/content_manifests/ubi8-minimal-container-8.5-218.json. */
const EXAMPLE = `{
  "metadata": {
    "icm_version": 1,
    "icm_spec": "https://raw.githubusercontent.com/containerbuildsystem/atomic-reactor/master/atomic_reactor/schemas/content_manifest.json",
    "image_layer_index": 1
  },
  "content_sets": [
    "rhel-8-for-x86_64-baseos-rpms",
    "rhel-8-for-x86_64-appstream-rpms"
  ],
  "image_contents": []
}
`;

catalogerContract(redHatBuild, { example: { path: MANIFEST, bytes: Buffer.from(EXAMPLE) } });

function read(path: string, text: string): ReturnType<typeof redHatBuild.read> {
  return redHatBuild.read({ path, bytes: Buffer.from(text) });
}

function labelsOf(path: string, text: string): BuildLabels | undefined {
  return read(path, text).build?.labels;
}

test('the content sets of a manifest, each once; none are nothing', () => {
  assert.deepEqual(read(MANIFEST, EXAMPLE), {
    build: { contentSets: ['rhel-8-for-x86_64-baseos-rpms', 'rhel-8-for-x86_64-appstream-rpms'] },
  });
  assert.deepEqual(read('usr/share/buildinfo/content-sets.json', '{"content_sets":["a","a"]}'), {
    build: { contentSets: ['a'] },
  });
  for (const nothing of ['{}', '{"content_sets":[]}', '{"image_contents":{"dependencies":[{"purl":"pkg:rpm/a@1"}]}}']) {
    assert.deepEqual(read(MANIFEST, nothing), {}, nothing);
  }
});

test('manifests that are none are errors', () => {
  const cases = [
    ['[]', 'PACKAGE_METADATA_INVALID'],
    ['{"content_sets":{"a":"b"}}', 'PACKAGE_METADATA_INVALID'],
    ['{"content_sets":["a",1]}', 'PACKAGE_METADATA_INVALID'],
    ['{"content_sets":["a",null]}', 'PACKAGE_METADATA_INVALID'],
    ['{"content_sets":["a"],"content_sets":[]}', 'JSON_DUPLICATE_KEY'],
    [`{"content_sets":${JSON.stringify(Array.from({ length: 10_001 }, (_, index) => `${index}`))}}`, 'LIMIT_EXCEEDED'],
  ] as const;
  for (const [text, code] of cases) {
    assert.throws(() => read(MANIFEST, text), { code, object: MANIFEST }, text.slice(0, 60));
  }
});

test('the labels of labels.json, and quotes around them that are none of JSON', () => {
  const cpe = 'cpe:/a:redhat:openshift_gitops:1.16::el8';
  const expected = { name: 'openshift-gitops-1/gitops-rhel8-operator', cpe, architecture: 'x86_64' };
  // quay/claircore, rhcc/testdata/simple_labels.json and quoted_labels.json.
  for (const quote of ['', '\\"']) {
    const text = `{
    "name": "${quote}openshift-gitops-1/gitops-rhel8-operator${quote}",
    "org.opencontainers.image.created": "2025-04-14T02:14:26Z",
    "cpe": "${cpe}",
    "architecture": "${quote}x86_64${quote}"
}`;
    assert.deepEqual(labelsOf(LABELS, text), expected);
    assert.deepEqual(labelsOf('usr/share/buildinfo/labels.json', text), expected);
  }
  assert.throws(() => read(LABELS, '{"name":1}'), { code: 'PACKAGE_METADATA_INVALID' });
  assert.deepEqual(read(LABELS, '{"other":"x","cpe":""}'), {});
});

/** Where they were published, what they say in short, and what of it is read. */
const DOCKERFILES: readonly (readonly [from: string, text: string, expected: BuildLabels])[] = [
  [
    'aquasecurity/trivy, Dockerfile-ubi8-8.3-227',
    `FROM sha256:4224eead35ea350b4b9d4ac67550e92efb9a50d3855cb3381469fe4c7e3f2053

LABEL maintainer="Red Hat, Inc."

LABEL com.redhat.component="ubi8-container" \\
      name="ubi8" \\
      version="8.3"

#label for EULA
LABEL com.redhat.license_terms="https://www.redhat.com/en/about/red-hat-end-user-license-agreements#UBI"
ENV container oci
ENV PATH /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ENV arch x86_64

CMD ["/bin/bash"]

RUN rm -rf /var/log/*
ADD ubi8-container-8.3-227.json /root/buildinfo/content_manifests/ubi8-container-8.3-227.json
LABEL "release"="227" "distribution-scope"="public" "vendor"="Red Hat, Inc." "architecture"=$arch "vcs-type"="git"
`,
    { component: 'ubi8-container', name: 'ubi8', version: '8.3', release: '227', architecture: 'x86_64' },
  ],
  [
    'aquasecurity/trivy, Dockerfile-jboss-base-7-base-1.1-3',
    `# registry.redhat.io/openshift3/metrics-cassandra:3.1.0
FROM 82ad5fa11820c2889c60f7f748d67aab04400700c581843db0d1e68735327443
MAINTAINER JBoss Cloud Enablement Feedback <cloud-enablement-feedback@redhat.com>

ENV base jboss-base

LABEL BZComponent="\${base}-7-docker" \\
      Architecture="x86_64" \\
      Name="jboss-base-7/base" \\
      Version="1.1" \\
      Release="3"
`,
    {
      component: 'jboss-base-7-docker',
      architecture: 'x86_64',
      name: 'jboss-base-7/base',
      version: '1.1',
      release: '3',
    },
  ],
  [
    'quay/claircore, nodejs10.txtar',
    `FROM ubi8/s2i-base:rhel8.1
ENV NODEJS_VERSION=10 \\
    NPM_RUN=start \\
    NAME=nodejs \\
    NPM_CONFIG_PREFIX=$HOME/.npm-global \\
    PATH=$HOME/node_modules/.bin/:$HOME/.npm-global/bin/:$PATH

ENV SUMMARY="Platform for building and running Node.js $NODEJS_VERSION applications" \\
    DESCRIPTION="Node.js $NODEJS_VERSION available as container is a base platform for \\
building and running various Node.js $NODEJS_VERSION applications and frameworks."

LABEL summary="$SUMMARY" \\
      io.openshift.tags="builder,$NAME,\${NAME}\${NODEJS_VERSION}" \\
      com.redhat.deployments-dir="\${APP_ROOT}/src" \\
      com.redhat.component="\${NAME}-\${NODEJS_VERSION}-container" \\
      name="ubi8/$NAME-$NODEJS_VERSION" \\
      version="1"
`,
    { component: 'nodejs-10-container', name: 'ubi8/nodejs-10', version: '1' },
  ],
  [
    'quay/claircore, quay-quay-rhel8-v3.5.6-4.txtar',
    `FROM sha256:ad42391b9b4670e68a759d4cdb8780896071a1cb1ed519b474f901e597bf3b3d AS build-npm
LABEL cpe="of another stage"
RUN INSTALL_PKGS="\\
        nodejs \\
    " && \\
    yum -y install $INSTALL_PKGS

FROM sha256:ad42391b9b4670e68a759d4cdb8780896071a1cb1ed519b474f901e597bf3b3d

LABEL com.redhat.component="quay-registry-container"
LABEL name="quay/quay-rhel8"
LABEL version="v3.5.6"
ENV PYTHON_VERSION=3.8 \\
    PATH=$HOME/.local/bin/:$PATH
LABEL "release"="4" "vendor"="Red Hat, Inc." "architecture"="x86_64"
`,
    {
      component: 'quay-registry-container',
      name: 'quay/quay-rhel8',
      version: 'v3.5.6',
      release: '4',
      architecture: 'x86_64',
    },
  ],
  [
    'quay/claircore, rhscl-s2i-core-rhel7-1-235.txtar',
    `FROM sha256:6f683d6ef7a8199fdabf203f98cce97d628e40eefa42b7085f1f151d384a97fc

LABEL io.openshift.s2i.scripts-url=image:///usr/libexec/s2i \\
      com.redhat.component="s2i-core-container" \\
      name="rhscl/s2i-core-rhel7" \\
      version="1"

ENV \\
    # DEPRECATED: Use above LABEL instead, because this will be removed in future versions.
    STI_SCRIPTS_URL=image:///usr/libexec/s2i \\
    # properly as container image metadata, which causes the $PATH variable do not

    APP_ROOT=/opt/app-root
RUN rpm-file-permissions && \\
  useradd -u 1001 -r -g 0 -d \${HOME} -s /sbin/nologin \\
      -c "Default Application User" default && \\
  chown -R 1001:0 \${APP_ROOT}
LABEL "release"="235" "architecture"="x86_64"
`,
    {
      component: 's2i-core-container',
      name: 'rhscl/s2i-core-rhel7',
      version: '1',
      release: '235',
      architecture: 'x86_64',
    },
  ],
  [
    'quay/claircore, etcd-rhel7.txtar',
    `FROM registry.stage.redhat.io/rhel7/rhel:7.9
ENV container=docker
LABEL com.redhat.component="etcd-container" \\
      name="rhel7/etcd" \\
      version="3.2.32"
LABEL install /usr/bin/docker run --rm \\$OPT1 --privileged -v /:/host -e HOST=/host -e NAME=\\$NAME \\$IMAGE
`,
    { component: 'etcd-container', name: 'rhel7/etcd', version: '3.2.32' },
  ],
];

test('the labels of published Dockerfiles', () => {
  for (const [from, text, expected] of DOCKERFILES) {
    assert.deepEqual(labelsOf(DOCKERFILE, text), expected, from);
  }
});

test('words, quotes and variables are those of a Dockerfile', () => {
  const cases: readonly (readonly [text: string, expected: Readonly<Record<string, string>>])[] = [
    ['ENV A="B C" \\\n    D=E\nLABEL label="$A $D"', { label: 'B C E' }],
    ['LABEL \\\n\t# wild, but allowed\n\tA=B \\\n\tC=D\n\t# stripped\n', { A: 'B', C: 'D' }],
    ['label a=1\nLaBeL\ta=2', { a: '2' }],
    ['LABEL a=b\\ c', { a: 'b c' }],
    ['LABEL a=\'$x \\b\' b="\\"\\$x\\b"', { a: '$x \\b', b: '"$x\\b' }],
    ['LABEL a b=c d', { a: 'b=c d' }],
    ['LABEL a=', { a: '' }],
    ['LABEL a=$', { a: '$' }],
    ['LABEL a=$x b=1 "c"=${x} d=${y', { b: '1' }],
    ['LABEL a=1\nLABEL a=$x', {}],
    ['ARG v\nLABEL a=$v', {}],
    ['ARG v=1\nLABEL a=$v', { a: '1' }],
    ['ENV v=2\nARG v=1\nARG v\nLABEL a=$v', { a: '2' }],
    ['ENV v=1 w=$v\nENV v=2 w=$v\nLABEL a=$v$w', { a: '21' }],
    ['LABEL a=${v:-else} b=${v#x}', {}],
    ['FROM a\nENV v=1\nFROM b\nLABEL a=$v', {}],
    ['LABEL __proto__=x constructor=y', JSON.parse('{"__proto__":"x","constructor":"y"}') as Record<string, string>],
    ['LABEL', {}],
    ['RUN LABEL a=1', {}],
    ['RUN x \\\nLABEL a=1', {}],
    ['LABEL =x a=1', { a: '1' }],
  ];
  for (const [text, expected] of cases) {
    assert.deepEqual(Object.fromEntries(parseDockerfileLabels(text)), expected, text);
  }
});

test('variables that name each other do not double without end', () => {
  const doubling = Array.from({ length: 60 }, (_, index) => `ENV v${index + 1}=$v${index}$v${index}`).join('\n');
  assert.deepEqual(
    parseDockerfileLabels(`ENV v0=x\n${doubling}\nLABEL name=$v60 version=1`),
    new Map([['version', '1']]),
  );
  assert.equal(parseDockerfileLabels(`LABEL ${'a=b '.repeat(1 << 20)}`).size, 1);
  assert.equal(parseDockerfileLabels(`LABEL a=b ${'$x '.repeat(1 << 20)}`).size, 1);
  assert.equal(parseDockerfileLabels(`LABEL a=b ${'${x '.repeat(1 << 20)}}`).size, 1);
  const many = Array.from({ length: 5000 }, (_, index) => `LABEL l${index}=x`).join('\n');
  assert.equal(parseDockerfileLabels(many).size, 1000);
});

test('any Dockerfile gives labels', () => {
  const parts = fc.constantFrom(
    'LABEL ',
    'ENV ',
    'name=',
    'a',
    '"',
    "'",
    '\\',
    '\n',
    '$',
    '{',
    '}',
    ' ',
    '=',
    '#',
    '\t',
    'FROM x\n',
  );
  const text = fc.array(parts, { maxLength: 60 }).map((all) => all.join(''));
  fc.assert(
    fc.property(fc.oneof(text, fc.string()), (dockerfile) => {
      try {
        assert.ok(parseDockerfileLabels(dockerfile) instanceof Map);
      } catch (error) {
        assert.ok(error instanceof AppError);
      }
    }),
    { numRuns: 1000 },
  );
});

test('files of the folders are wanted by their names alone', () => {
  const cases: readonly (readonly [string, boolean])[] = [
    [MANIFEST, true],
    [DOCKERFILE, true],
    [LABELS, true],
    ['usr/share/buildinfo/labels.json', true],
    ['usr/share/buildinfo/content_manifest.json', true],
    ['usr/share/buildinfo/sub/a.json', false],
    ['root/buildinfo/Dockerfile-a/b', false],
    ['root/buildinfo/content_manifests/a.txt', false],
    ['srv/root/buildinfo/labels.json', false],
  ];
  for (const [path, expected] of cases) {
    assert.equal(redHatBuild.wants({ path, mode: 0o644, size: 1 }), expected, path);
  }
});
