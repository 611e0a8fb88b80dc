export { type AxeOptions, checkAxe } from './check-axe.ts'
export { type OpenBrowser, openBrowser, type PageOptions, skipWithoutBrowser } from './open-browser.ts'
export { screenshots, SIZES, type SizeName } from './screenshots.ts'
