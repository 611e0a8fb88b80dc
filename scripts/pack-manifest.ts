/**
 * `prepack` and `postpack` of each package. Checked-in manifests point at the sources, published ones must point at `dist/`:
 * npm has no field for that, so the manifest is exchanged while npm packs.
 *
 *     node ../../scripts/pack-manifest.ts publish    builds, keeps the manifest aside, puts the published one in its place
 *     node ../../scripts/pack-manifest.ts source     puts the checked-in one back
 *
 * Both may be repeated, and both begin by repairing: a copy set aside is always the checked-in manifest, whatever was interrupted.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { Manifest } from './packages.ts'

const ASIDE = '.package.source.json'

if (import.meta.main) {
  const [step] = process.argv.slice(2)
  const folder = process.cwd()
  restore(folder)
  if (step === 'publish') {
    // Loaded here, because the compiler takes its time and `source` does not need it.
    const { build } = await import('./build.ts')
    build([folder])
    publish(folder)
  } else if (step !== 'source') {
    throw new Error('expected publish or source')
  }
}

/** Puts the checked-in manifest back, if it was set aside. */
export function restore (folder: string): void {
  if (existsSync(join(folder, ASIDE))) renameSync(join(folder, ASIDE), join(folder, 'package.json'))
}

function publish (folder: string): void {
  const manifestFile = join(folder, 'package.json')
  const text = readFileSync(manifestFile, 'utf8')
  // Order matters: the copy stands before the original is replaced, and each appears whole.
  writeWhole(join(folder, ASIDE), text)
  writeWhole(manifestFile, JSON.stringify(publishedManifest(JSON.parse(text) as Manifest), null, 2) + '\n')
}

/** What is published: entry points under `dist/`, no scripts. */
export function publishedManifest (manifest: Manifest): Manifest {
  const { scripts, exports = {}, bin = {}, ...rest } = manifest
  return {
    ...rest,
    exports: Object.fromEntries(Object.entries(exports).map(([name, source]) => [name, entryPoint(source)])),
    ...(Object.keys(bin).length === 0 ? {} : { bin: Object.fromEntries(Object.entries(bin).map(([name, source]) => [name, builtPath(source, '.js')])) }),
    files: ['dist']
  } as unknown as Manifest
}

function entryPoint (source: string): { types: string, default: string } {
  return { types: './' + builtPath(source, '.d.ts'), default: './' + builtPath(source, '.js') }
}

function builtPath (source: string, ending: '.js' | '.d.ts'): string {
  if (!source.endsWith('.ts')) throw new Error(`${source}: an entry point is a .ts file`)
  return 'dist/' + relative('.', resolve(source)).split('\\').join('/').replace(/\.ts$/, ending)
}

function writeWhole (file: string, text: string): void {
  writeFileSync(`${file}.new`, text)
  renameSync(`${file}.new`, file)
}
