import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { startRegistry } from '#test/fixtures/docker-registry.ts';
import { pushLayout } from '#test/fixtures/push-layout.ts';
import { startReferrersRegistry } from '#test/fixtures/referrers-registry.ts';
import {
  SIGNED_FIXTURES,
  type SignedFixture,
  SUBJECTS,
  signedLayout,
  signerFile,
} from '#test/fixtures/signed/index.ts';
import { listReferrers, pullRepository } from '#test/fixtures/signed/make/pull-repository.ts';
import { missing } from './prerequisites.ts';

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Document {
  readonly mediaType?: string;
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
  readonly subject?: Descriptor;
}

/** What the layers of a manifest that holds signatures are, by the form that `index.ts` calls them. */
const FORMS: Readonly<Record<string, string>> = {
  'application/vnd.dev.cosign.simplesigning.v1+json': 'cosign-signature',
  'application/vnd.dsse.envelope.v1+json': 'cosign-attestation',
  'application/vnd.dev.sigstore.bundle.v0.3+json': 'sigstore-bundle',
  'application/jose+json': 'notation',
  'application/cose': 'notation',
};

/** A layout, read by code that shares no line with the product's: all that can be reached from its index.json. */
class Layout {
  readonly folder: string;
  readonly reached = new Set<string>();
  readonly tags = new Map<string, string>();
  /** `FORM of SUBJECT`, one per signature. */
  readonly signatures: string[] = [];

  constructor(folder: string) {
    this.folder = folder;
    const root = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as Document;
    for (const entry of root.manifests ?? []) {
      const tag = entry.annotations?.['org.opencontainers.image.ref.name'];
      if (tag !== undefined) {
        this.tags.set(tag, entry.digest);
      }
      this.#manifest(entry, tag);
    }
  }

  #manifest(descriptor: Descriptor, tag?: string): void {
    if (this.reached.has(descriptor.digest)) {
      return;
    }
    const document = JSON.parse(this.#blob(descriptor).toString('utf8')) as Document;
    for (const child of document.manifests ?? []) {
      this.#manifest(child);
    }
    for (const part of [document.config, ...(document.layers ?? [])]) {
      if (part !== undefined) {
        this.#blob(part);
      }
    }
    const subject = document.subject?.digest ?? tag?.replace('sha256-', 'sha256:').replace(/\..*/, '');
    for (const { mediaType } of document.layers ?? []) {
      const form = FORMS[mediaType];
      if (form !== undefined) {
        this.signatures.push(`${form} of ${subject ?? 'nothing'}`);
      }
    }
  }

  #blob({ digest, size }: Descriptor): Buffer {
    const bytes = readFileSync(join(this.folder, 'blobs', digest.replace(':', '/')));
    assert.equal(digestOf(bytes), digest, this.folder);
    assert.equal(bytes.length, size, digest);
    this.reached.add(digest);
    return bytes;
  }
}

function expectedIn(fixture: SignedFixture): readonly string[] {
  return fixture.signatures.map(({ form, subject }) => `${form} of ${subject}`).toSorted();
}

describe('signed fixtures', () => {
  it('every folder with a layout is in the list', () => {
    const entries = readdirSync(signedLayout('.'), { withFileTypes: true });
    const folders = entries.filter(
      (entry) => entry.isDirectory() && !['certificates', 'keys', 'make'].includes(entry.name),
    );
    const ids = SIGNED_FIXTURES.map(({ id }) => id);
    assert.deepEqual(folders.map(({ name }) => name).toSorted(), ids.toSorted());
  });

  for (const fixture of SIGNED_FIXTURES) {
    it(`${fixture.id} is whole, and has the signatures that the list says`, () => {
      const layout = new Layout(signedLayout(fixture.id));
      const blobs = readdirSync(join(layout.folder, 'blobs/sha256')).map((name) => `sha256:${name}`);
      assert.deepEqual([...layout.reached].toSorted(), blobs.toSorted());
      assert.equal(layout.tags.get('1.0'), fixture.image === 'single' ? SUBJECTS.amd64 : SUBJECTS.index);
      assert.deepEqual(layout.signatures.toSorted(), expectedIn(fixture));
      for (const { signer } of fixture.signatures) {
        if (signer !== 'person' && signer !== 'workflow') {
          assert.match(readFileSync(signerFile(signer), 'utf8'), /^-----BEGIN (PUBLIC KEY|CERTIFICATE)-----\n/);
        }
      }
    });
  }
});

describe('signed fixtures in a registry', () => {
  it('one with the referrers API lists all of them', { skip: missing('go') }, async () => {
    const registry = await startReferrersRegistry();
    try {
      await comeBack(registry.url, SIGNED_FIXTURES);
      assert.equal((await listReferrers(registry.url, 'cosign3-attestations', SUBJECTS.amd64))?.length, 6);
    } finally {
      await registry.stop();
    }
  });

  it('one without has them under the fallback tag', { skip: missing('docker-registry') }, async () => {
    const registry = await startRegistry();
    try {
      const some = [
        'cosign3-key',
        'cosign2-recursive',
        'cosign3-recursive',
        'cosign3-fallback',
        'notation-index',
        'notation-fallback',
      ];
      await comeBack(
        registry.url,
        SIGNED_FIXTURES.filter(({ id }) => some.includes(id)),
      );
      assert.equal(await listReferrers(registry.url, 'cosign3-key', SUBJECTS.amd64), null);
    } finally {
      await registry.stop();
    }
  });
});

/** Pushes fixtures, and pulls what the registry then has. */
async function comeBack(url: string, fixtures: readonly SignedFixture[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-signed-'));
  try {
    for (const fixture of fixtures) {
      await pushLayout(signedLayout(fixture.id), url, fixture.id);
      await pullRepository(url, fixture.id, join(folder, fixture.id));
      assert.deepEqual(new Layout(join(folder, fixture.id)).signatures.toSorted(), expectedIn(fixture), fixture.id);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
