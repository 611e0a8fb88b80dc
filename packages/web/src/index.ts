export { Attributes, attributes, type AttributeValues, escapeText, html, type Html, type HtmlValue, isHtml, isPresent, raw } from './html.ts'
export {
  countEn, countUk, formatBytes, formatDate, formatDateTime, formatNumber, type Lang, LANGS, pluralEn, pluralUk, type Text, texts, type TextsOf
} from './texts.ts'
export {
  type Crumb, document, type Flash, type NavGroup, type NavItem, type NavLink, type Page, type PageContext
} from './page.ts'
export { errorPage, type ErrorPage } from './error-page.ts'
export { webPlugin, type WebOptions } from './plugin.ts'
export { FormBody, readForm, type UploadedFile } from './form-body.ts'
export { fromKyivInput, toKyivInput } from './kyiv-time.ts'
export * from './components/index.ts'
