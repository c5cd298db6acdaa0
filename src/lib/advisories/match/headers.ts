import type { Package } from '#model/package.ts';

const NAMES: ReadonlySet<string> = new Set([
  'kernel-headers',
  'linux-api-headers',
  'linux-glibc-devel',
  'linux-headers',
  'linux-libc-dev',
]);

/** In front of a version or a flavour. */
const BEGINNINGS: readonly string[] = ['linux-headers-', 'linux-kbuild-', 'linux-libc-dev-'];

/** Behind a flavour: `kernel-uek-devel`, `linux-aws-6.8-headers-6.8.0-1009`. */
const PARTS: readonly string[] = ['-devel', '-headers', '-headers-'];

/**
 * Packages that are built from a kernel and hold its declarations for compilers: no code of theirs runs, and the kernel of a container is its
 * host's. Each has every vulnerability of its source, and none of them.
 */
export function isKernelHeaders({ type, name, source }: Package): boolean {
  if (type !== 'apk' && type !== 'deb' && type !== 'rpm') {
    return false;
  }
  if (NAMES.has(name)) {
    return true;
  }
  const from = source?.name ?? name;
  if (!isKernel(from)) {
    return false;
  }
  return (
    BEGINNINGS.some((beginning) => name.startsWith(beginning)) ||
    (isKernel(name) && PARTS.some((part) => (part.endsWith('-') ? name.includes(part) : name.endsWith(part))))
  );
}

/** `linux`, `linux-signed-amd64`, `kernel-uek`. */
function isKernel(name: string): boolean {
  return ['kernel', 'linux'].some((word) => name === word || name.startsWith(`${word}-`));
}
