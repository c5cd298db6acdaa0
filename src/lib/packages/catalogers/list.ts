import type { Cataloger } from '../cataloger.ts';
import { aiModel } from './ai-model/index.ts';
import { apk } from './apk/index.ts';
import { binary } from './binary/index.ts';
import { bunLock } from './bun-lock/index.ts';
import { cargoLock } from './cargo-lock/index.ts';
import { chisel } from './chisel/index.ts';
import { cocoapodsLock } from './cocoapods-lock/index.ts';
import { composer } from './composer/index.ts';
import { conanLock } from './conan-lock/index.ts';
import { conda } from './conda/index.ts';
import { cpan } from './cpan/index.ts';
import { cran } from './cran/index.ts';
import { denoLock } from './deno-lock/index.ts';
import { dotnet } from './dotnet/index.ts';
import { dotnetAssembly } from './dotnet-assembly/index.ts';
import { dotnetBundle } from './dotnet-bundle/index.ts';
import { dpkg } from './dpkg/index.ts';
import { erlang } from './erlang/index.ts';
import { flatpak } from './flatpak/index.ts';
import { gem } from './gem/index.ts';
import { githubActions } from './github-actions/index.ts';
import { goBinary } from './go-binary/index.ts';
import { goMod } from './go-mod/index.ts';
import { graalvm } from './graalvm/index.ts';
import { haskell } from './haskell/index.ts';
import { haskellLock } from './haskell-lock/index.ts';
import { javaArchive } from './java-archive/index.ts';
import { javaLock } from './java-lock/index.ts';
import { javaRuntime } from './java-runtime/index.ts';
import { javaUnpacked } from './java-unpacked/index.ts';
import { julia } from './julia/index.ts';
import { juliaLock } from './julia-lock/index.ts';
import { linuxKernel } from './linux-kernel/index.ts';
import { luarocks } from './luarocks/index.ts';
import { mixLock } from './mix-lock/index.ts';
import { nix } from './nix/index.ts';
import { npm } from './npm/index.ts';
import { npmLock } from './npm-lock/index.ts';
import { nugetLock } from './nuget-lock/index.ts';
import { ocaml } from './ocaml/index.ts';
import { opam } from './opam/index.ts';
import { opkg } from './opkg/index.ts';
import { osRelease } from './os-release/index.ts';
import { pacman } from './pacman/index.ts';
import { pear } from './pear/index.ts';
import { phpLock } from './php-lock/index.ts';
import { pnpmLock } from './pnpm-lock/index.ts';
import { portage } from './portage/index.ts';
import { pub } from './pub/index.ts';
import { pubLock } from './pub-lock/index.ts';
import { python } from './python/index.ts';
import { pythonLock } from './python-lock/index.ts';
import { rebarLock } from './rebar-lock/index.ts';
import { redHatBuild } from './red-hat-build/index.ts';
import { renvLock } from './renv-lock/index.ts';
import { rpm } from './rpm/index.ts';
import { rubyLock } from './ruby-lock/index.ts';
import { rustBinary } from './rust-binary/index.ts';
import { sbomFile } from './sbom-file/index.ts';
import { snap } from './snap/index.ts';
import { swift } from './swift/index.ts';
import { swiftLock } from './swift-lock/index.ts';
import { terraformLock } from './terraform-lock/index.ts';
import { vcpkg } from './vcpkg/index.ts';
import { vcpkgManifest } from './vcpkg-manifest/index.ts';
import { wordpress } from './wordpress/index.ts';
import { yarnLock } from './yarn-lock/index.ts';
import { yarnPnp } from './yarn-pnp/index.ts';

/** Every cataloger, sorted by id. */
export const catalogers: readonly Cataloger[] = [
  aiModel,
  apk,
  binary,
  bunLock,
  cargoLock,
  chisel,
  cocoapodsLock,
  composer,
  conanLock,
  conda,
  cpan,
  cran,
  denoLock,
  dotnet,
  dotnetAssembly,
  dotnetBundle,
  dpkg,
  erlang,
  flatpak,
  gem,
  githubActions,
  goBinary,
  goMod,
  graalvm,
  haskell,
  haskellLock,
  javaArchive,
  javaLock,
  javaRuntime,
  javaUnpacked,
  julia,
  juliaLock,
  linuxKernel,
  luarocks,
  mixLock,
  nix,
  npm,
  npmLock,
  nugetLock,
  ocaml,
  opam,
  opkg,
  osRelease,
  pacman,
  pear,
  phpLock,
  pnpmLock,
  portage,
  pub,
  pubLock,
  python,
  pythonLock,
  rebarLock,
  redHatBuild,
  renvLock,
  rpm,
  rubyLock,
  rustBinary,
  sbomFile,
  snap,
  swift,
  swiftLock,
  terraformLock,
  vcpkg,
  vcpkgManifest,
  wordpress,
  yarnLock,
  yarnPnp,
];
