import type { Cataloger } from '../cataloger.ts';
import { bunLock } from './bun-lock/index.ts';
import { cargoLock } from './cargo-lock/index.ts';
import { cocoapodsLock } from './cocoapods-lock/index.ts';
import { conanLock } from './conan-lock/index.ts';
import { denoLock } from './deno-lock/index.ts';
import { githubActions } from './github-actions/index.ts';
import { goMod } from './go-mod/index.ts';
import { haskellLock } from './haskell-lock/index.ts';
import { javaLock } from './java-lock/index.ts';
import { juliaLock } from './julia-lock/index.ts';
import { mixLock } from './mix-lock/index.ts';
import { npmLock } from './npm-lock/index.ts';
import { nugetLock } from './nuget-lock/index.ts';
import { phpLock } from './php-lock/index.ts';
import { pnpmLock } from './pnpm-lock/index.ts';
import { pubLock } from './pub-lock/index.ts';
import { pythonLock } from './python-lock/index.ts';
import { rebarLock } from './rebar-lock/index.ts';
import { renvLock } from './renv-lock/index.ts';
import { rubyLock } from './ruby-lock/index.ts';
import { swiftLock } from './swift-lock/index.ts';
import { terraformLock } from './terraform-lock/index.ts';
import { vcpkgManifest } from './vcpkg-manifest/index.ts';
import { yarnLock } from './yarn-lock/index.ts';

/** Those that read what lock files and manifests ask for, sorted by id. */
export const declared: readonly Cataloger[] = [
  bunLock,
  cargoLock,
  cocoapodsLock,
  conanLock,
  denoLock,
  githubActions,
  goMod,
  haskellLock,
  javaLock,
  juliaLock,
  mixLock,
  npmLock,
  nugetLock,
  phpLock,
  pnpmLock,
  pubLock,
  pythonLock,
  rebarLock,
  renvLock,
  rubyLock,
  swiftLock,
  terraformLock,
  vcpkgManifest,
  yarnLock,
];
