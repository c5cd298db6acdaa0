const DEBIAN = 'dist-packages';

/**
 * The folders that one Python looks for distributions in, by one name: a virtual environment has one, a system several. Debian's keep them in
 * `dist-packages` of /usr/lib/python3 and /usr/local/lib/python3.x; of others, lib64 and /usr/local belong to the same version in /usr/lib.
 */
export function environmentOf(path: string): string {
  const folders = path.split('/');
  const own = folders.findIndex(
    (name) => name.endsWith('.dist-info') || name.endsWith('.egg-info') || name.endsWith('.egg'),
  );
  const place = folders.slice(0, Math.max(own, 0)).map((name) => (name === 'lib64' ? 'lib' : name));
  if (place[0] !== 'usr') {
    return place.join('/');
  }
  if (place.at(-1) === DEBIAN) {
    return `usr/${DEBIAN}`;
  }
  return place.filter((name, index) => index !== 1 || name !== 'local').join('/');
}
