import type { Cataloger } from '../cataloger.ts';
import { aiModel } from './ai-model/index.ts';
import { apk } from './apk/index.ts';
import { binary } from './binary/index.ts';
import { chisel } from './chisel/index.ts';
import { composer } from './composer/index.ts';
import { conda } from './conda/index.ts';
import { cpan } from './cpan/index.ts';
import { cran } from './cran/index.ts';
import { dotnet } from './dotnet/index.ts';
import { dotnetAssembly } from './dotnet-assembly/index.ts';
import { dotnetBundle } from './dotnet-bundle/index.ts';
import { dpkg } from './dpkg/index.ts';
import { erlang } from './erlang/index.ts';
import { flatpak } from './flatpak/index.ts';
import { gem } from './gem/index.ts';
import { goBinary } from './go-binary/index.ts';
import { graalvm } from './graalvm/index.ts';
import { haskell } from './haskell/index.ts';
import { javaArchive } from './java-archive/index.ts';
import { javaRuntime } from './java-runtime/index.ts';
import { javaUnpacked } from './java-unpacked/index.ts';
import { julia } from './julia/index.ts';
import { linuxKernel } from './linux-kernel/index.ts';
import { luarocks } from './luarocks/index.ts';
import { nix } from './nix/index.ts';
import { npm } from './npm/index.ts';
import { ocaml } from './ocaml/index.ts';
import { opam } from './opam/index.ts';
import { opkg } from './opkg/index.ts';
import { osRelease } from './os-release/index.ts';
import { pacman } from './pacman/index.ts';
import { pear } from './pear/index.ts';
import { portage } from './portage/index.ts';
import { pub } from './pub/index.ts';
import { python } from './python/index.ts';
import { redHatBuild } from './red-hat-build/index.ts';
import { rpm } from './rpm/index.ts';
import { rustBinary } from './rust-binary/index.ts';
import { sbomFile } from './sbom-file/index.ts';
import { snap } from './snap/index.ts';
import { swift } from './swift/index.ts';
import { vcpkg } from './vcpkg/index.ts';
import { wordpress } from './wordpress/index.ts';
import { yarnPnp } from './yarn-pnp/index.ts';

/** Those that read what is there, sorted by id. */
export const installed: readonly Cataloger[] = [
  aiModel,
  apk,
  binary,
  chisel,
  composer,
  conda,
  cpan,
  cran,
  dotnet,
  dotnetAssembly,
  dotnetBundle,
  dpkg,
  erlang,
  flatpak,
  gem,
  goBinary,
  graalvm,
  haskell,
  javaArchive,
  javaRuntime,
  javaUnpacked,
  julia,
  linuxKernel,
  luarocks,
  nix,
  npm,
  ocaml,
  opam,
  opkg,
  osRelease,
  pacman,
  pear,
  portage,
  pub,
  python,
  redHatBuild,
  rpm,
  rustBinary,
  sbomFile,
  snap,
  swift,
  vcpkg,
  wordpress,
  yarnPnp,
];
