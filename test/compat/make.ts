import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { toPem } from '#lib/trust/encoding/pem.ts';
import { goInstall } from '../fixtures/go-install.ts';
import { pushLayout } from '../fixtures/push-layout.ts';
import { startReferrersRegistry } from '../fixtures/referrers-registry.ts';
import { SUBJECTS } from '../fixtures/signed/index.ts';
import { writeImages } from '../fixtures/signed/make/image.ts';
import { makeChain } from '../fixtures/signed/make/keys.ts';
import { pullRepository } from '../fixtures/signed/make/pull-repository.ts';
import { type Services, startServices } from '../fixtures/signed/make/services.ts';
import { openWorkshop } from '../fixtures/signed/make/workshop.ts';
import { identityToken, type SigningServers, startSigningServers } from '../fixtures/signing-servers.ts';
import { PODMAN, SKOPEO } from '../fixtures/sigstore-programs.ts';
import { ACCEPTED, type Accepted, SIGNERS } from './index.ts';

// Signs every layout of this folder anew, and has cosign, skopeo, podman and notation-go verify it: `make.ts TOOLS_FOLDER`, where
// `make.sh` of the signed fixtures has put cosign and notation-go. What one of them refuses is not kept.
const [tools = ''] = process.argv.slice(2);
const kept = resolve(import.meta.dirname, 'fixtures');
const folder = await mkdtemp(join(tmpdir(), 'plimsoll-compat-'));
const workshop = openWorkshop(folder, resolve(tools));
const plimsoll = resolve(import.meta.dirname, '../../bin/plimsoll');
const registry = await startReferrersRegistry();

/** How cosign is told of services without a trust root. */
const PROMISING = [
  'SIGSTORE_REKOR_PUBLIC_KEY=promising-log.pub',
  'SIGSTORE_CT_LOG_PUBLIC_KEY_FILE=promising-ct.pub',
  'SIGSTORE_ROOT_FILE=promising-authority.pem',
];

const PREDICATES: Readonly<Record<string, object>> = {
  cyclonedx: { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components: [] },
  slsaprovenance1: {
    buildDefinition: { buildType: 'https://build.example/v1', externalParameters: {} },
    runDetails: { builder: { id: 'https://build.example/builder' } },
  },
};

try {
  await writeImages(join(folder, 'single'), join(folder, 'multiple'));
  await makeKeys();
  const services = await startServices(workshop, kept);
  const promising = await startSigningServers();
  try {
    await describePromising(promising);
    for (const accepted of ACCEPTED) {
      await make(accepted, { ...services, promising });
    }
  } finally {
    services.stop();
    await promising.close();
  }
  await writeFile(join(import.meta.dirname, 'made.json'), `${JSON.stringify({ at: new Date().toISOString() })}\n`);
} finally {
  await registry.stop();
  await rm(folder, { recursive: true });
}

/** Keys for cosign are made here; those that have certificates by openssl, for cosign's form has no place for them. */
async function makeKeys(): Promise<void> {
  await mkdir(join(kept, 'keys'), { recursive: true });
  await mkdir(join(kept, 'certificates'), { recursive: true });
  await writeFile(join(folder, 'passphrase'), 'a passphrase\n');
  for (const algorithm of ['ecdsa-p256', 'ecdsa-p384', 'rsa-3072', 'ed25519']) {
    const made = ['--algorithm', algorithm, '--output-prefix', algorithm, '--passphrase-file', 'passphrase'];
    await workshop.run(plimsoll, 'key', 'generate', ...made);
    await copyFile(join(folder, `${algorithm}.pub`), join(kept, 'keys', `${algorithm}.pub`));
  }
  // For the authority of `startServices`.
  await workshop.run(
    'openssl',
    'genpkey',
    '-quiet',
    '-algorithm',
    'EC',
    '-pkeyopt',
    'ec_paramgen_curve:P-384',
    '-out',
    'fulcio.pem',
  );
  const extensions =
    'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=codeSigning\n';
  for (const [key, ...options] of [
    ['p256', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
    ['rsa2048', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  ] as const) {
    await workshop.run('openssl', 'genpkey', '-quiet', '-algorithm', ...options, '-out', `${key}.pem`);
    await makeChain(workshop, null, { name: `notary-${key}`, key, extensions });
    await copyFile(join(folder, `notary-${key}-root.pem`), join(kept, 'certificates', `notary-${key}-root.pem`));
  }
}

interface All extends Services {
  /** Fulcio and Rekor of its first generation, which promises a time, by @sigstore/mock: a real one needs a database. */
  readonly promising: SigningServers;
}

/** Their trust root, and its parts as cosign takes them where it takes no trust root. */
async function describePromising({ services: { trustedRoot } }: SigningServers): Promise<void> {
  const text = JSON.stringify(trustedRoot);
  await writeFile(join(kept, 'trusted-root-promises.json'), `${text}\n`);
  await writeFile(join(folder, 'trusted-root-promises.json'), text);
  const { tlogs, ctlogs, certificateAuthorities } = JSON.parse(text) as {
    readonly tlogs: readonly [LogInstance];
    readonly ctlogs: readonly [LogInstance];
    readonly certificateAuthorities: readonly [{ readonly certChain: { readonly certificates: readonly [Raw] } }];
  };
  const [authority] = certificateAuthorities[0].certChain.certificates;
  await writeFile(join(folder, 'promising-log.pub'), toPem('PUBLIC KEY', rawOf(tlogs[0].publicKey)));
  await writeFile(join(folder, 'promising-ct.pub'), toPem('PUBLIC KEY', rawOf(ctlogs[0].publicKey)));
  await writeFile(join(folder, 'promising-authority.pem'), toPem('CERTIFICATE', rawOf(authority)));
}

interface Raw {
  readonly rawBytes: string;
}

interface LogInstance {
  readonly publicKey: Raw;
}

function rawOf({ rawBytes }: Raw): Buffer {
  return Buffer.from(rawBytes, 'base64');
}

async function make(accepted: Accepted, services: All): Promise<void> {
  const { id, image, key, sign } = accepted;
  const repository = `voyage/${id}`;
  await pushLayout(join(folder, image), registry.url, repository);
  const reference = `${registry.host}/${repository}@${image === 'single' ? SUBJECTS.amd64 : SUBJECTS.index}`;
  const told = [...(await signerOptions(accepted, services)), ...witnessOptions(accepted, services)];
  const written = ['--format', sign.format, '--on', image === 'single' ? 'index' : 'both', '--quiet'];
  if (sign.predicate !== null) {
    await writeFile(join(folder, 'predicate.json'), JSON.stringify(PREDICATES[sign.predicate]));
    const predicate = ['--predicate', 'predicate.json', '--type', sign.predicate];
    await workshop.run(plimsoll, 'attest', reference, ...told, ...written, ...predicate);
  } else if (sign.format.startsWith('notation')) {
    const chain = ['--certificate-chain', `notary-${key}-chain.pem`, '--expires', '52w'];
    await workshop.run(plimsoll, 'sign', reference, ...told, ...written, ...chain);
  } else {
    await workshop.run(plimsoll, 'sign', reference, ...told, ...written);
  }
  for (const judge of judgesOf(accepted)) {
    await judge(reference);
  }
  await rm(join(kept, id), { recursive: true, force: true });
  await pullRepository(registry.url, repository, join(kept, id));
}

async function signerOptions({ key, sign }: Accepted, services: All): Promise<readonly string[]> {
  if (isIdentity(key)) {
    await writeFile(join(folder, 'token'), tokenOf(key, services));
    const fulcio = key === 'release' ? services.promising.url : services.fulcio;
    return ['--keyless', '--identity-token', 'token', '--fulcio', fulcio];
  }
  const file = sign.format.startsWith('notation') ? `${key}.pem` : `${key}.key`;
  return ['--key', file, '--passphrase-file', 'passphrase'];
}

function tokenOf(key: keyof typeof SIGNERS, services: All): string {
  if (key !== 'release') {
    return services.token(key);
  }
  const { subject, issuer } = SIGNERS[key];
  const exp = Math.floor(Date.now() / 1000) + 600;
  return identityToken({ iss: issuer, aud: 'sigstore', sub: subject, exp });
}

function witnessOptions({ seen }: Accepted, services: All): readonly string[] {
  const root = seen.includes('promise') ? 'trusted-root-promises.json' : 'trusted-root.json';
  return [
    ...(seen.includes('timestamp') ? ['--timestamp-authority', services.timestamps] : []),
    ...(seen.includes('log') ? ['--rekor-tiles', services.log] : []),
    ...(seen.includes('promise') ? ['--rekor', services.promising.url] : []),
    ...(seen.length > 0 ? ['--trusted-root', root] : []),
  ];
}

function isIdentity(key: string): key is keyof typeof SIGNERS {
  return key in SIGNERS;
}

type Judge = (reference: string) => Promise<void>;

function judgesOf({ id, key, seen, sign }: Accepted): readonly Judge[] {
  const told = (tool: string, what: string): void => {
    process.stdout.write(`${id}: accepted by ${tool} ${what}\n`);
  };
  if (sign.format.startsWith('notation')) {
    return [
      async (reference) => {
        const stamped = seen.length === 0 ? [] : ['-tsa-roots', 'timestamp-authority-root.pem'];
        await workshop.run('notation-sign', '-reference', reference, '-chain', `notary-${key}-chain.pem`, ...stamped);
        told('notation-go', ['verify', ...stamped].join(' '));
      },
    ];
  }
  const verify = sign.predicate === null ? ['verify'] : ['verify-attestation', '--type', sign.predicate];
  const logged = seen.includes('log') || seen.includes('promise');
  const lax = [...whom(key), ...(logged ? [] : ['--insecure-ignore-tlog']), '--allow-http-registry'];
  const known = seen.includes('promise') ? PROMISING : [];
  const cosign = sign.cosign.map(([program, ...more]) => async (reference: string) => {
    await workshop.run('env', ...known, program, ...verify, ...lax, ...more, reference);
    told(program, [...verify, ...more].join(' '));
  });
  return sign.podman
    ? [
        ...cosign,
        async (reference) => {
          await judgeByPolicy(reference, key);
          told(`skopeo ${SKOPEO.version} and podman ${PODMAN.version}`, 'with a policy that asks for the key');
        },
      ]
    : cosign;
}

function whom(key: string): readonly string[] {
  if (!isIdentity(key)) {
    return ['--key', `${key}.pub`];
  }
  const { subject, issuer } = SIGNERS[key];
  return ['--certificate-identity', subject, '--certificate-oidc-issuer', issuer];
}

/** Both copy the image, which their policy lets them do only with a signature by the key. */
async function judgeByPolicy(reference: string, key: string): Promise<void> {
  const keyPath = join(folder, `${key}.pub`);
  const requirement = { type: 'sigstoreSigned', keyPath, signedIdentity: { type: 'matchRepository' } };
  await writeFile(join(folder, 'policy.json'), JSON.stringify({ default: [requirement] }));
  // Where podman looks below the home folder, which is the workshop's.
  const locations = join(folder, '.config/containers/registries.d');
  await mkdir(locations, { recursive: true });
  await writeFile(join(locations, 'default.yaml'), 'default-docker:\n  use-sigstore-attachments: true\n');
  const told = ['--policy', 'policy.json', '--registries.d', locations, 'copy', '--src-tls-verify=false'];
  await workshop.run(await goInstall(SKOPEO), ...told, `docker://${reference}`, 'dir:copied');
  const storage = ['--root', 'podman', '--runroot', 'podman-run', '--storage-driver', 'vfs'].map((word) =>
    word.startsWith('podman') ? join(folder, word) : word,
  );
  const pull = ['pull', '--quiet', '--signature-policy', 'policy.json', '--tls-verify=false'];
  await workshop.run(await goInstall(PODMAN), ...storage, ...pull, reference);
}
