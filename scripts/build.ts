/**
 * `npm run build [-- FOLDER…]`: JavaScript and `.d.ts` of each package under its `dist/`, for publishing.
 * Nothing in this repository runs from there: in development Node strips the types itself.
 */
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import ts from 'typescript'
import { readPackages, ROOT, type Package } from './packages.ts'

if (import.meta.main) build(process.argv.slice(2))

/** Builds the named package folders and what they need, or all; skips what is newer than its sources. */
export function build (folders: readonly string[] = []): void {
  const all = readPackages()
  const asked = folders.map((folder) => resolve(folder))
  const wanted = asked.length === 0 ? all : all.filter((entry) => isNeeded(entry, asked, all))
  for (const entry of wanted) {
    if (isFresh(entry, all)) continue
    buildPackage(entry, all)
    console.log(`built ${relative(ROOT, entry.folder)}`)
  }
}

function isNeeded (entry: Package, asked: readonly string[], all: readonly Package[]): boolean {
  return asked.includes(entry.folder) || all.some((other) => other.needs.includes(entry.manifest.name) && isNeeded(other, asked, all))
}

function stampOf (entry: Package): string {
  return join(entry.folder, 'dist/package.json')
}

function isFresh (entry: Package, all: readonly Package[]): boolean {
  if (!existsSync(stampOf(entry))) return false
  // The manifest counts by what is taken from it, not by its time: packing puts it back anew.
  if (JSON.parse(readFileSync(stampOf(entry), 'utf8')).version !== entry.manifest.version) return false
  const builtAt = statSync(stampOf(entry)).mtimeMs
  const sources = globSync('{src,bin}/**', { cwd: entry.folder }).map((file) => join(entry.folder, file))
  const siblings = all.filter((other) => entry.needs.includes(other.manifest.name)).map(stampOf)
  return [...sources, ...siblings, join(ROOT, 'tsconfig.json')].every((file) => existsSync(file) && statSync(file).mtimeMs <= builtAt)
}

function buildPackage (entry: Package, all: readonly Package[]): void {
  const dist = join(entry.folder, 'dist')
  rmSync(dist, { recursive: true, force: true })
  const files = globSync('{src,bin}/**/*.ts', { cwd: entry.folder }).map((file) => join(entry.folder, file))
  const program = ts.createProgram(files, { ...compilerOptions(), rootDir: entry.folder, outDir: dist, paths: siblingTypes(entry, all) })
  const emitted = program.emit(undefined, (file, text) => { ts.sys.writeFile(file, file.endsWith('.js') ? withBuiltUrls(text) : text) })
  const problems = [...ts.getPreEmitDiagnostics(program), ...emitted.diagnostics]
  if (problems.length > 0) {
    rmSync(dist, { recursive: true, force: true })
    throw new Error(ts.formatDiagnostics(problems, { getCanonicalFileName: (name) => name, getCurrentDirectory: () => ROOT, getNewLine: () => '\n' }))
  }
  for (const asset of globSync('src/**/*.*', { cwd: entry.folder })) {
    if (!asset.endsWith('.ts') && statSync(join(entry.folder, asset)).isFile()) cpSync(join(entry.folder, asset), join(dist, asset))
  }
  cpSync(join(ROOT, 'LICENSE'), join(dist, 'LICENSE'))
  // So that a relative look at `package.json` (for the version) finds one in the built tree too. Written last: it says that the build is whole.
  mkdirSync(dist, { recursive: true })
  const { name, version } = entry.manifest
  writeFileSync(stampOf(entry), JSON.stringify({ name, version, private: true, type: 'module' }, null, 2) + '\n')
}

function compilerOptions (): ts.CompilerOptions {
  const file = join(ROOT, 'tsconfig.json')
  const { options, errors } = ts.convertCompilerOptionsFromJson(JSON.parse(readFileSync(file, 'utf8')).compilerOptions, ROOT)
  if (errors.length > 0) throw new Error(`${file}: ${errors.map((error) => ts.flattenDiagnosticMessageText(error.messageText, ' ')).join('; ')}`)
  return { ...options, noEmit: false, declaration: true, rewriteRelativeImportExtensions: true, noEmitOnError: true }
}

/** The other packages are seen as their users will see them: through the types already built. */
function siblingTypes (entry: Package, all: readonly Package[]): Record<string, string[]> {
  const paths: Record<string, string[]> = {}
  for (const other of all) {
    if (!entry.needs.includes(other.manifest.name)) continue
    paths[other.manifest.name] = [join(other.folder, 'dist/src/index.d.ts')]
    paths[`${other.manifest.name}/*`] = [join(other.folder, 'dist/src/*/index.d.ts')]
  }
  return paths
}

/** Worker files are named by URL, which the compiler leaves as it is. */
function withBuiltUrls (text: string): string {
  return text.replace(/new URL\((['"])(\.{1,2}\/[^'"]+)\.ts\1, import\.meta\.url\)/g, 'new URL($1$2.js$1, import.meta.url)')
}
