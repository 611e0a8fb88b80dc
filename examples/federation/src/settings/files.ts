import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { stringify } from 'yaml'

/** Writes a configuration file. @returns its path. */
export async function writeConfig (file: string, content: object): Promise<string> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(file, stringify(content))
  return file
}

/** A secret of text, made once. @returns its path. */
export async function keepSecret (file: string): Promise<string> {
  return await keep(file, () => Buffer.from(randomBytes(18).toString('base64url')))
}

/** A key of 32 bytes, made once. A last byte that reads as a line end would be taken for one and left out, so there is none. @returns its path. */
export async function keepKey (file: string): Promise<string> {
  return await keep(file, () => {
    for (;;) {
      const key = randomBytes(32)
      if (key[31] !== 0x0a && key[31] !== 0x0d) return key
    }
  })
}

/** Keeps a text that is no secret to this machine's owner, such as an address. @returns its path. */
export async function keepText (file: string, text: string): Promise<string> {
  return await keep(file, () => Buffer.from(text))
}

async function keep (file: string, make: () => Buffer): Promise<string> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  if (!existsSync(file)) await writeFile(file, make(), { mode: 0o600 })
  return file
}
