import type { Found } from '#model/analyser.ts';
import { DeclaredPackages, notA } from '../../declared-packages.ts';
import { decodeText, linesOf } from '../../text.ts';

/** A lock file of Gradle: `group:artifact:version=configurations` a line, and `empty=` with the configurations without any. */
export function parseGradleLockfile(bytes: Uint8Array, object: string): Found {
  const packages = new DeclaredPackages('maven', object);
  let isEmpty = true;
  for (const raw of linesOf(decodeText(bytes))) {
    const line = raw.trim();
    const [module = ''] = line.split('=', 1);
    const [group = '', artifact = '', version = '', ...more] = module.split(':', 4);
    if (line === '' || line.startsWith('#')) {
      continue;
    }
    isEmpty = false;
    if (group !== '' && artifact !== '' && version !== '' && more.length === 0) {
      packages.add({ name: `${group}:${artifact}`, version });
    } else if (module !== 'empty') {
      packages.passOver('other than modules with versions', line);
    }
  }
  if (isEmpty) {
    throw notA(object, 'a line of modules, or empty=', 'none');
  }
  return packages.found();
}
