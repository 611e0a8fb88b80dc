import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'

/** A desk and a phone, as pages are tried on. */
export const SIZES = {
  desktop: { width: 1280, height: 900 },
  phone: { width: 390, height: 844 }
} as const

export type SizeName = keyof typeof SIZES

/**
 * Pictures of a page at both widths, to be looked at: `<folder>/<name>-1280.png` and `-390.png`.
 *
 * @param folder unless told, `trembita-screenshots` among the temporary files.
 * @returns the files.
 */
export async function screenshots (page: Page, name: string, folder = join(tmpdir(), 'trembita-screenshots')): Promise<string[]> {
  mkdirSync(folder, { recursive: true })
  const before = page.viewportSize()
  const files: string[] = []
  for (const size of Object.values(SIZES)) {
    await page.setViewportSize(size)
    const path = join(folder, `${name}-${size.width}.png`)
    await page.screenshot({ path, fullPage: true })
    files.push(path)
  }
  if (before !== null) await page.setViewportSize(before)
  return files
}
