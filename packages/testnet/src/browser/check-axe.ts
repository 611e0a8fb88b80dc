import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

export interface AxeOptions {
  /** Rules not asked about; each with the reason in the test. */
  readonly without?: readonly string[]
}

/**
 * What axe finds wrong with a page as it stands: WCAG 2.2 A and AA, and good practice. A line each: rule, element, why.
 */
export async function checkAxe (page: Page, { without = [] }: AxeOptions = {}): Promise<string[]> {
  // Evaluated in the page by the debugger, so that the page's own policy against foreign scripts does not have to be loosened.
  await page.evaluate(axe.source)
  const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]))
  const run = `axe.run(document, ${JSON.stringify({ rules, resultTypes: ['violations'] })})`
  const { violations } = await page.evaluate<AxeResults>(run)
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${String(node.target)}: ${(node.failureSummary ?? '').replace(/\s+/g, ' ')}`))
}
