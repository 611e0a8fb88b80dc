import { html, type Html } from '../html.ts'

/** Name of the form field that carries the token of the session. */
export const CSRF_FIELD = '_csrf'

/** The token as a hidden field; nothing where there is no session. */
export function csrfInput (token: string | undefined): Html | undefined {
  return token === undefined ? undefined : html`<input type="hidden" name="${CSRF_FIELD}" value="${token}">`
}
