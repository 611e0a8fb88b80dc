import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '..')

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly exports?: Record<string, string>
  readonly bin?: Record<string, string>
  readonly dependencies?: Record<string, string>
  readonly [field: string]: unknown
}

export interface Package {
  readonly folder: string
  readonly manifest: Manifest
  /** Names of the packages of this repository that it imports. */
  readonly needs: readonly string[]
}

/** The publishable packages, each after those it needs. */
export function readPackages (root = ROOT): Package[] {
  const all = readdirSync(join(root, 'packages'))
    .map((name) => join(root, 'packages', name))
    .filter((folder) => existsSync(join(folder, 'package.json')) && globSync('src/**/*.ts', { cwd: folder }).length > 0)
    .map((folder) => {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
      return { folder, manifest, needs: Object.keys(manifest.dependencies ?? {}).filter((name) => name.startsWith('@trembita/')) }
    })
  const ordered: Package[] = []
  const add = (entry: Package): void => {
    if (ordered.includes(entry)) return
    for (const other of all) if (entry.needs.includes(other.manifest.name)) add(other)
    ordered.push(entry)
  }
  all.forEach(add)
  return ordered
}
