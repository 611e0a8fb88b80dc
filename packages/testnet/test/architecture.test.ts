import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import t from 'tap'
import ts from 'typescript'

/** Who may import whom, and what no file may be. A change here comes with an ADR. */

const ROOT = resolve(import.meta.dirname, '../../..')
const LINES_MAX = 400

/** Package to the packages of ours that it may import. */
const PACKAGES: Record<string, readonly string[]> = {
  protocol: [],
  daemon: [],
  web: ['daemon'],
  gateway: ['protocol', 'daemon', 'web'],
  catalog: ['protocol', 'daemon', 'web'],
  monitor: ['protocol', 'daemon', 'web'],
  core: ['protocol', 'daemon', 'web'],
  testnet: ['protocol', 'daemon', 'web', 'gateway', 'core', 'catalog', 'monitor']
}

/** The one exception: core's process mounts the catalog. */
const EXCEPTIONS = [['packages/core/src/main.ts', 'catalog']] as const

/** The two sides of a gateway do not know each other, and no domain folder knows a side. */
const GATEWAY_SIDES = ['consumer', 'provider']

/** `protocol` is what two parties agree on: bytes in, values out. The auditor's command and what it reads from disk are the exception. */
const IMPURE = /^node:(fs|net|http|https|http2|tls|dgram|child_process|cluster|worker_threads|dns|os|process|readline|inspector|timers)\b/
const IMPURE_GLOBALS = /\bprocess\.(env|argv|stdout|stderr|exit|cwd)\b|\bconsole\.|\bfetch\(|\bDate\.now\(|\bnew Date\(\)|\bset(Timeout|Interval)\(/
const MAY_READ_FILES = /^packages\/protocol\/(bin|src\/verify)\//

const NAMES_THAT_SAY_NOTHING = /(^|\/)(utils?|helpers?|common|misc|shared|lib)(\/|\.ts$)/

interface Import {
  readonly from: string
  readonly specifier: string
  /** Type-only imports vanish, but they bind the reader just the same. */
  readonly target: string
}

const sources = globSync('packages/*/{src,bin}/**/*.ts', { cwd: ROOT, exclude: ['**/node_modules', '**/dist'] }).sort()
const texts = new Map(sources.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]))
const imports = sources.flatMap(importsOf)

function importsOf (file: string): Import[] {
  const { importedFiles } = ts.preProcessFile(texts.get(file)!, true, true)
  return importedFiles.map(({ fileName: specifier }) => {
    const target = specifier.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(file), specifier)) : specifier
    return { from: file, specifier, target }
  })
}

function packageOf (path: string): string | undefined {
  return /^packages\/([^/]+)\//.exec(path)?.[1] ?? /^@trembita\/([^/]+)/.exec(path)?.[1]
}

/** Folder of a package's `src` that a file stands in; '' for files directly below `src` or in `bin`. */
function folderOf (path: string): string {
  return /^packages\/[^/]+\/src\/([^/]+)\//.exec(path)?.[1] ?? ''
}

function lines (text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
}

t.test('packages import only the packages they may', async (t) => {
  const broken = imports.filter(({ from, target }) => {
    const [own, other] = [packageOf(from)!, packageOf(target)]
    if (other === undefined || other === own) return false
    return !(PACKAGES[own] ?? []).includes(other) && !EXCEPTIONS.some(([file, name]) => file === from && name === other)
  })
  t.same(broken, [])
  t.same(sources.map(packageOf).filter((name) => !(name! in PACKAGES)), [], 'every package is in the list')
})

t.test('a package reaches another by its name, not by a path, and itself by a path', async (t) => {
  t.same(imports.filter(({ from, specifier, target }) => specifier.startsWith('.') && packageOf(target) !== packageOf(from)), [])
  t.same(imports.filter(({ from, specifier }) => specifier.startsWith('@trembita/') && packageOf(specifier) === packageOf(from)), [])
})

t.test('a folder is entered through its index.ts', async (t) => {
  const broken = imports.filter(({ from, specifier, target }) => {
    if (!specifier.startsWith('.') || !target.includes('/src/')) return false
    const folder = folderOf(target)
    return folder !== '' && folder !== folderOf(from) && basename(target) !== 'index.ts'
  })
  t.same(broken, [])
})

t.test('inside a gateway the sides do not know each other, and no domain folder knows a side', async (t) => {
  const broken = imports.filter(({ from, specifier, target }) => {
    if (packageOf(from) !== 'gateway' || !specifier.startsWith('.')) return false
    const [own, other] = [folderOf(from), folderOf(target)]
    return own !== '' && own !== other && GATEWAY_SIDES.includes(other)
  })
  t.same(broken, [])
})

t.test('only the composition root and the process import the parts together', async (t) => {
  const upwards = imports.filter(({ from, specifier, target }) => {
    return specifier.startsWith('.') && folderOf(from) !== '' && /\/src\/(main|gateway|core)\.ts$/.test(target)
  })
  t.same(upwards, [], 'no part imports the file that constructs it')
})

t.test('protocol touches no disk, network, process, clock or environment', async (t) => {
  const pure = (file: string): boolean => packageOf(file) === 'protocol' && !MAY_READ_FILES.test(file)
  t.same(imports.filter(({ from, specifier }) => pure(from) && IMPURE.test(specifier)), [])
  const code = [...texts].filter(([file]) => pure(file)).map(([file, text]) => [file, withoutComments(text)] as const)
  t.same(code.filter(([, text]) => IMPURE_GLOBALS.test(text)).map(([file, text]) => `${file}: ${IMPURE_GLOBALS.exec(text)?.[0]}`), [])
})

t.test('only trust/ and signer/ state that something is verified', async (t) => {
  const callers = [...texts].filter(([, text]) => /\bmarkVerified\(/.test(withoutComments(text))).map(([file]) => folderOf(file))
  t.same([...new Set(callers)].sort(), ['signer', 'trust'])
  const casts = [...texts].filter(([file, text]) => folderOf(file) !== 'trust' && /\bas Verified</.test(withoutComments(text))).map(([file]) => file)
  t.same(casts, [], 'and nobody claims it by a cast')
})

t.test('only a process reads the environment', async (t) => {
  const readers = [...texts].filter(([, text]) => /\bprocess\.env\b/.test(withoutComments(text))).map(([file]) => file)
  t.same(readers.filter((file) => !/\/src\/main\.ts$|\/bin\/[^/]+\.ts$/.test(file)), [])
})

t.test('a source file does one thing and fits on a few screens', async (t) => {
  t.same([...texts].filter(([, text]) => lines(text) > LINES_MAX).map(([file, text]) => `${file}: ${lines(text)} lines`), [])
})

t.test('a name says what stands there', async (t) => {
  const everything = globSync('{packages,examples,bench,certs,scripts}/**/*.ts', { cwd: ROOT, exclude: ['**/node_modules', '**/dist'] })
  t.same(everything.filter((file) => NAMES_THAT_SAY_NOTHING.test(file)), [])
  t.same(everything.filter((file) => !/^[a-z0-9.-]+\.ts$/.test(basename(file))), [], 'kebab-case')
})

t.test('modules export by name', async (t) => {
  t.same([...texts].filter(([, text]) => /^export default\b/m.test(text)).map(([file]) => file), [])
})

/** Sources of a package or an example, by the folder that its manifest stands in. */
const manifests = globSync('{packages,examples}/*/package.json', { cwd: ROOT }).sort().map((path) => {
  const folder = dirname(path)
  const files = globSync(`${folder}/{src,bin}/**/*.ts`, { cwd: ROOT, exclude: ['**/node_modules', '**/dist'] })
  const manifest = JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as { name: string, dependencies?: Record<string, string> }
  return { folder, name: manifest.name, dependencies: Object.keys(manifest.dependencies ?? {}), sources: files.map((file) => texts.get(file) ?? readFileSync(join(ROOT, file), 'utf8')) }
})

t.test('each dependency stands in the manifest of the package or example that imports it', async (t) => {
  const missing = manifests.flatMap(({ folder, name: own, dependencies, sources }) => {
    const specifiers = sources.flatMap((source) => ts.preProcessFile(source, true, true).importedFiles.map(({ fileName }) => fileName))
    const names = specifiers.filter((specifier) => !/^(node:|\.)/.test(specifier)).map((specifier) => specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/'))
    return [...new Set(names)].filter((name) => name !== own && !dependencies.includes(name)).map((name) => `${folder}: ${name}`)
  })
  t.same(missing, [])
})

t.test('no manifest names a dependency that its sources do not name', async (t) => {
  // Files of a package are found by `require.resolve`, so any quoted name counts.
  const unused = manifests.flatMap(({ folder, dependencies, sources }) => {
    const isNamed = (dependency: string): boolean => sources.some((source) => source.includes(`'${dependency}'`) || source.includes(`'${dependency}/`))
    return dependencies.filter((dependency) => !isNamed(dependency)).map((dependency) => `${folder}: ${dependency}`)
  })
  t.same(unused, [])
})

/** Good enough for a look at names: no string of ours holds a comment mark followed by one of them. */
function withoutComments (text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')
}
