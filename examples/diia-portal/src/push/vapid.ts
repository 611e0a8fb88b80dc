import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import webPush from 'web-push'
import { writeFileAtomic } from '@trembita/daemon'

/** Keys by which push services know the portal (RFC 8292), base64url. */
export interface VapidKeys {
  readonly publicKey: string
  readonly privateKey: string
}

const FILE = 'vapid.json'

/** Made at the first start. Losing them makes every subscription worthless. */
export async function loadVapidKeys (folder: string): Promise<VapidKeys> {
  const file = join(folder, FILE)
  if (!existsSync(file)) {
    await writeFileAtomic(file, Buffer.from(`${JSON.stringify(webPush.generateVAPIDKeys())}\n`))
    chmodSync(file, 0o600)
  }
  return JSON.parse(readFileSync(file, 'utf8')) as VapidKeys
}
