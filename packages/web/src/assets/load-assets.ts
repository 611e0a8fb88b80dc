import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join, posix } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { ICONS, iconFile } from '../components/index.ts'

/** A file of our pages as it is sent. */
export interface Asset {
  readonly type: string
  readonly bytes: Buffer
  /** The same by brotli, where that is shorter. */
  readonly compressed?: Buffer
}

export const ASSETS_PREFIX = '/assets/'

/** Web Awesome components that pages may use; `app.js` loads those which stand on a page. */
export const COMPONENTS = ['copy-button', 'dialog', 'tooltip'] as const

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8'
}

export interface Assets {
  /** Of all of them together. */
  readonly digest: string
  readonly files: ReadonlyMap<string, Asset>
}

let loaded: Assets | undefined

/** Address of a file. Carries a digest of all of them, so that what is under it never changes. */
export function assetPath (name: string): string {
  const { digest, files } = loadAssets()
  if (!files.has(name)) throw new Error(`no asset ${name}`)
  return `${ASSETS_PREFIX}${digest}/${name}`
}

/** Everything that pages fetch, by path below `/assets/<digest>/`. A closed list held in memory: no request reaches the disk. */
export function loadAssets (): Assets {
  if (loaded !== undefined) return loaded
  const texts = new Map<string, string>([
    ['app.css', ownStyles()],
    ['app.js', readFileSync(join(import.meta.dirname, 'app.js'), 'utf8')],
    ['htmx.js', htmx()],
    ...webAwesome(),
    ...ICONS.map((name): [string, string] => [`icons/${name}.svg`, iconFile(name)]),
    ['mark.svg', readFileSync(join(import.meta.dirname, 'mark.svg'), 'utf8')]
  ])
  const hash = createHash('sha256')
  for (const [name, text] of texts) hash.update(`${name}\0${text.length}\0${text}`)
  const files = new Map([...texts].map(([name, text]) => [name, assetOf(name, text)]))
  loaded = { digest: hash.digest('hex').slice(0, 16), files }
  return loaded
}

function assetOf (name: string, text: string): Asset {
  const bytes = Buffer.from(text)
  // Quality 9: the whole list takes a fraction of a second at start, and the last two steps would take ten times as long.
  const compressed = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } })
  return { type: TYPES[extname(name)] ?? 'application/octet-stream', bytes, ...(compressed.length < bytes.length ? { compressed } : {}) }
}

/** The sheets in the order of their names, as one. */
function ownStyles (): string {
  const folder = join(import.meta.dirname, 'styles')
  return readdirSync(folder).filter((name) => name.endsWith('.css')).sort().map((name) => readFileSync(join(folder, name), 'utf8')).join('\n')
}

const require = createRequire(import.meta.url)

function htmx (): string {
  return withoutSourceMap(readFileSync(join(dirname(require.resolve('htmx.org/package.json')), 'dist/htmx.esm.min.js'), 'utf8'))
}

/** The chosen components and what they import, with the texts of our languages: nothing else of the library can be asked for. */
function webAwesome (): Array<[string, string]> {
  const root = join(dirname(require.resolve('@awesome.me/webawesome/package.json')), 'dist-cdn')
  const found = new Map<string, string>()
  const visit = (file: string): void => {
    if (found.has(file)) return
    const text = readFileSync(join(root, file), 'utf8')
    found.set(file, withoutSourceMap(text))
    for (const [, target] of text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g)) visit(posix.join(posix.dirname(file), target!))
  }
  for (const name of COMPONENTS) visit(`components/${name}/${name}.js`)
  for (const file of ['components/icon/library.js', 'translations/uk.js', 'translations/en.js']) visit(file)
  return [...found].map(([file, text]) => [`wa/${file}`, text])
}

function withoutSourceMap (text: string): string {
  return text.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n')
}
