import type { Found } from '#model/analyser.ts';
import { DeclaredPackages, notA } from '../../declared-packages.ts';
import { decodeText, linesOf } from '../../text.ts';

const PROVIDER = 'provider "';

/**
 * `.terraform.lock.hcl`: a block `provider "host/namespace/type"` with a `version`, as Terraform and OpenTofu write it, one
 * thing a line.
 */
export function parseTerraformLock(bytes: Uint8Array, object: string): Found {
  const packages = new DeclaredPackages('terraform', object);
  let provider: string | null = null;
  let version = '';
  let isKnown = false;
  for (const raw of linesOf(decodeText(bytes))) {
    const line = raw.trim();
    if (provider === null && line.startsWith(PROVIDER) && line.endsWith('" {')) {
      provider = line.slice(PROVIDER.length, -3);
      version = '';
      isKnown = true;
    } else if (provider === null && line !== '' && !line.startsWith('#')) {
      packages.passOver('other than blocks of providers', line);
    } else if (provider !== null && line === '}') {
      addProvider(packages, provider, version);
      provider = null;
    } else if (line.startsWith('version ') || line.startsWith('version=')) {
      version = valueOf(line);
    }
  }
  if (provider !== null) {
    packages.passOver('that ends nowhere', provider);
  } else if (!isKnown) {
    throw notA(object, 'a block of a provider', 'none');
  }
  return packages.found();
}

function addProvider(packages: DeclaredPackages, provider: string, version: string): void {
  if (version === '') {
    packages.passOver('without a version', provider);
  } else {
    packages.add({ name: provider, version });
  }
}

/** The text in quotes behind `=`. */
function valueOf(line: string): string {
  const value = line.slice(line.indexOf('=') + 1).trim();
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : '';
}
